import type { Checksums } from './checksums.ts'

/** One thing that is downloaded once, verified, laid out and kept. */
export type Artifact = {
  readonly name: string
  /** The folder under the downloads that holds it; names the version. */
  readonly folder: string
  /** About how many bytes the download is, for the progress. */
  readonly totalBytes: number
  /** What the downloaded files must be, file by file. */
  readonly checksums: Checksums
  /** One at a time for those that share a client whose cache does not bear two writers. */
  readonly client: 'maven' | 'pip'
  /**
   * Downloads the files that the checksums name into an empty directory.
   * @param fresh true when an earlier try was broken: pass by the client's own cache
   */
  fetch(into: string, options: { readonly fresh: boolean; readonly onBytes: (bytes: number) => void }): Promise<void>
  /** Turns the verified files into what is run, in place; removes archives it has unpacked. */
  unpack(directory: string): Promise<void>
}

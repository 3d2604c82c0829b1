import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Answer } from '../../answer.ts'
import { problem } from '../../problems.ts'
import { OPENAPI_PATH } from '../webhook-info.ts'

export interface DocsPage {
  /** The page. */
  page(): Promise<Answer>
  /** A script or style of it. `hash` and `name` are as the page names them. */
  asset(hash: string, name: string, headers: IncomingHttpHeaders): Promise<Answer>
}

const swaggerUi = (name: string) => createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`)
const own = (name: string) => join(import.meta.dirname, name)

const JAVASCRIPT = 'text/javascript; charset=utf-8'
const CSS = 'text/css; charset=utf-8'

/** What the page consists of, by the names in its address. */
const ASSETS = [
  { name: 'swagger-ui.css', type: CSS, file: () => swaggerUi('swagger-ui.css') },
  { name: 'docs-page.css', type: CSS, file: () => own('docs-page.css') },
  { name: 'swagger-ui-bundle.js', type: JAVASCRIPT, file: () => swaggerUi('swagger-ui-bundle.js') },
  { name: 'docs-page.js', type: JAVASCRIPT, file: () => own('docs-page.js') },
]

/**
 * Nothing from elsewhere, no inline script or style. Unlike helmet's default it does not ask for HTTPS: where the page
 * itself came by plain HTTP, its files could not be loaded. Small pictures are in Swagger UI's own style.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface LoadedAsset {
  readonly type: string
  readonly bytes: Buffer
  readonly gzipped: Buffer
}

interface LoadedPage {
  readonly hash: string
  readonly html: string
  readonly assets: ReadonlyMap<string, LoadedAsset>
}

/**
 * The page that renders the OpenAPI document: Swagger UI from the installed package (docs/decisions/0026), nothing from
 * elsewhere. Its files are read and compressed at the first request, and kept: about 2.5 MB. Their addresses hold a hash
 * of their content, so that browsers may keep them for ever.
 */
export function createDocsPage(): DocsPage {
  let loading: Promise<LoadedPage> | undefined
  const load = () => {
    loading ??= loadPage().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }

  return {
    page: async () => {
      const { html } = await load()
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'cache-control': 'public, max-age=60',
      }
      return { status: 200, headers, body: html }
    },
    asset: async (hash, name, { 'accept-encoding': accepted = '' }) => {
      const page = await load()
      const asset = hash === page.hash ? page.assets.get(name) : undefined
      if (asset === undefined) return problem('not_found', 'Read /docs again: this file of it is gone.')
      const headers = {
        'content-type': asset.type,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
      }
      return /\bgzip\b/.test(String(accepted))
        ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: asset.gzipped }
        : { status: 200, headers, body: asset.bytes }
    },
  }
}

async function loadPage(): Promise<LoadedPage> {
  const loaded = await Promise.all(
    ASSETS.map(async ({ name, type, file }) => {
      const bytes = await readFile(file())
      return [name, { type, bytes, gzipped: await promisify(gzip)(bytes) }] as const
    }),
  )
  const all = createHash('sha256')
  for (const [, { bytes }] of loaded) all.update(bytes)
  const hash = all.digest('hex').slice(0, 16)
  return { hash, html: toHtml(`/docs/${hash}`), assets: new Map(loaded) }
}

function toHtml(base: string): string {
  const links = ASSETS.map(({ name, type }) =>
    type === CSS ? `<link rel="stylesheet" href="${base}/${name}">` : `<script src="${base}/${name}" defer></script>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Buyer group refresh: webhooks and API</title>
<link rel="icon" href="data:,">
${links.join('\n')}
</head>
<body>
<main id="docs"></main>
<noscript><p>This page shows <a href="${OPENAPI_PATH}">the OpenAPI document</a> with a script.</p></noscript>
</body>
</html>
`
}

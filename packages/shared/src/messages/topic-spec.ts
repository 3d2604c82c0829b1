/** A topic as it should be; `config` holds the broker's own setting names, such as `retention.ms`. */
export interface TopicSpec {
  readonly topic: string
  readonly partitions: number
  readonly config: Readonly<Record<string, string>>
}

/** What a provider signs, with `{...}` where a part of the request goes: `{timestamp}.{body}`. */
export interface SigningTemplate {
  uses(placeholder: Placeholder): boolean
  /** The signed bytes, part by part; the body is never decoded. */
  render(values: TemplateValues): readonly (string | Buffer)[]
  /**
   * Whether an id may stand in it: of a sane length, and with none of the text that bounds it. With a dot in an id that a
   * dot ends, the same signed text could be cut at another place into another id, time and body.
   */
  takesId(id: string): boolean
}

const MAX_ID_LENGTH = 256

const PLACEHOLDERS = ['timestamp', 'id', 'body', 'method', 'url'] as const

export type Placeholder = (typeof PLACEHOLDERS)[number]

/** A part that the template does not use may be anything. */
export interface TemplateValues {
  readonly timestamp: string
  readonly id: string
  readonly body: Buffer
  readonly method: string
  readonly url: string
}

/**
 * Reads a template.
 * @throws Error that says what is wrong with it.
 */
export function parseSigningTemplate(text: string): SigningTemplate {
  // Literal text and names in turn, beginning and ending with a text that may be empty.
  const pieces = text.split(/\{(\w*)\}/)
  const names = pieces.filter((_, index) => index % 2 === 1).map(toPlaceholder)
  if (!names.includes('body')) throw new Error('a signing template needs {body}')
  if (new Set(names).size < names.length) throw new Error('a signing template has each placeholder once')
  const bounds = boundsOf(pieces)
  return {
    uses: (placeholder) => names.includes(placeholder),
    render: (values) => pieces.map((piece, index) => (index % 2 === 0 ? piece : values[toPlaceholder(piece)])),
    takesId: (id) => id.length <= MAX_ID_LENGTH && bounds.every((bound) => !id.includes(bound)),
  }
}

function toPlaceholder(name: string): Placeholder {
  const placeholder = PLACEHOLDERS.find((one) => one === name)
  if (placeholder === undefined) {
    throw new Error(`a signing template may have {${PLACEHOLDERS.join('}, {')}} and no other placeholder`)
  }
  return placeholder
}

/** The texts on both sides of the id; the beginning and the end of the whole bound it too. */
function boundsOf(pieces: readonly string[]): readonly string[] {
  const at = pieces.findIndex((piece, index) => index % 2 === 1 && piece === 'id')
  if (at === -1) return []
  const isBoundByEdge = (index: number) => pieces[index] === '' && (index === 0 || index === pieces.length - 1)
  const bounds = [at - 1, at + 1].filter((index) => !isBoundByEdge(index)).map((index) => pieces[index] ?? '')
  if (bounds.includes('')) throw new Error('a signing template sets {id} apart from other placeholders by some text')
  return bounds
}

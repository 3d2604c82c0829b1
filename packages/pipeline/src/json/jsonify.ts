// biome-ignore lint/suspicious/noExplicitAny: of whatever key, value, argument or result
type NotJson = bigint | symbol | ((...args: any) => unknown) | ReadonlyMap<any, any> | ReadonlySet<any>

/**
 * What JSON makes of a type: of dates texts, for example. In the place of what it does not hold stand words, which the
 * compiler shows to whoever uses it; `toJson` refuses it.
 */
export type Jsonify<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends { toJSON(...args: never): infer Written }
      ? Jsonify<Written>
      : T extends NotJson
        ? 'not JSON: give the step an output schema or its node memoise: false'
        : { [Key in keyof T]: Jsonify<T[Key]> }

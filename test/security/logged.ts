import util from 'node:util'

/** Stands in every secret of these tests, also where only a part of one would be shown. */
export const secret = 'hunter2'

/** All that a log would make of a value. */
export function logged(value: unknown): string {
  const texts = [util.inspect(value, { depth: 12 }), util.format('%s %j', value, plain(value))]
  if (value instanceof Error)
    texts.push(String(value.stack), String(value.message), logged({ ...value }), value.cause ? logged(value.cause) : '')
  return texts.join('\n')
}

function plain(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    // Sockets hold one another; whoever logs such a value as JSON gets this error.
    return null
  }
}

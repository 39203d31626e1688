import type { ClientSupport, PoolConfigField, Support } from 'polypool'
import { fieldNames } from 'polypool/internal'
import type { Io } from '../../io.ts'
import { type Colors, colorsFor, table } from '../../output.ts'

/** What holds for a user: how it is done does not matter in a table. */
const signs: { readonly [S in Support]: string } = { native: '✓', enforced: '✓', approximated: '≈', unsupported: '✗' }

export const legend =
  'First sign: with polypool; second: with the client’s own settings alone. ✓ holds, ≈ approximated, ✗ not at all.'

/** Field × client: how well each one holds. */
export async function supportTable(supports: readonly ClientSupport[], io: Io): Promise<string> {
  const colors = colorsFor(io)
  const rows = fieldNames.map((field) => [
    field,
    ...supports.map(({ fields }) => `${sign(fields[field].pool, colors)} ${sign(fields[field].native, colors)}`),
  ])
  return table(io, [{ head: 'field' }, ...supports.map(({ client }) => ({ head: client }))], rows)
}

function sign(support: Support, { green, yellow, red }: Colors): string {
  const paint = support === 'unsupported' ? red : support === 'approximated' ? yellow : green
  return paint(signs[support])
}

/**
 * Where polypool itself falls short, clients with the same reason together.
 * @param asked what a config asks for: of what is not there at all nobody needs to hear who has not
 */
export function shortfalls(
  supports: readonly ClientSupport[],
  asked: ReadonlySet<PoolConfigField>,
): { field: PoolConfigField; clients: string[]; message: string }[] {
  return fieldNames.flatMap((field) => {
    const byMessage = new Map<string, string[]>()
    for (const { client, fields } of supports) {
      const { pool, message = '', pooled = message } = fields[field]
      if (pool !== 'approximated' && !(pool === 'unsupported' && asked.has(field))) continue
      byMessage.set(pooled, [...(byMessage.get(pooled) ?? []), client])
    }
    return [...byMessage].map(([message, clients]) => ({ field, clients, message }))
  })
}

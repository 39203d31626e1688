import { fieldNames } from '../../src/config/fields.ts'
import type { PoolConfigField } from '../../src/config/types.ts'
import { reverseProxies } from '../../src/dialects/index.ts'
import type { ReverseProxy } from '../../src/dialects/reverse-proxy.ts'

const all = Object.values<ReverseProxy>(reverseProxies)
const signs = { native: '✓', approximated: '≈', unsupported: '✗' } as const

/** The sections of docs/past-one-process.md that are drawn from declarations. */
export function reverseProxySections(): { readonly file: string; readonly name: string; readonly content: string }[] {
  const contents = { fields: fieldMatrix(), traps: traps(), refusals: refusalTable(), changes: changes() }
  return Object.entries(contents).map(([name, content]) => ({ file: 'docs/past-one-process.md', name, content }))
}

function fieldMatrix(): string {
  return [
    `| field | ${all.map(({ support }) => support.title).join(' | ')} |`,
    `|---|${all.map(() => '---|').join('')}`,
    ...fieldNames.map((field) => `| ${code(field)} | ${all.map((proxy) => expression(proxy, field)).join(' | ')} |`),
  ].join('\n')
}

function expression({ support }: ReverseProxy, field: PoolConfigField): string {
  const { support: how, keywords } = support.fields[field]
  return `${signs[how]} ${keywords.map(code).join(', ')}`.trim()
}

/** Why a field holds nearly or not: what several proxies have in common once. */
function traps(): string {
  const lines = fieldNames.flatMap((field) => {
    const reasons = new Map<string, string[]>()
    for (const { support } of all) {
      const { support: how, message } = support.fields[field]
      if (how !== 'native') reasons.set(message, [...(reasons.get(message) ?? []), support.title])
    }
    return [...reasons].map(([message, titles]) => {
      const who = titles.length === all.length ? '' : ` (${titles.join(', ')})`
      return `- ${code(field)}${who}: ${message}`
    })
  })
  return lines.join('\n')
}

function refusalTable(): string {
  const rows = all.flatMap(({ support }) =>
    support.refusals.map(
      ({ code: error, status, header }) => `| ${support.title} | ${code(error)} | ${status} | ${code(header)} |`,
    ),
  )
  return ['| proxy | in a pool | status | header |', '|---|---|---|---|', ...rows].join('\n')
}

function changes(): string {
  return all
    .map(({ support }) => {
      const { title, tried, versions, counts } = support
      return [
        `**${title}** ${versions.oldest} and later (written for ${versions.usual} unless \`--version\` says otherwise); ${tried}. \`--replicas\` counts ${counts}.`,
        '',
        ...support.changes.map((change) => `- ${change}`),
      ].join('\n')
    })
    .join('\n\n')
}

function code(text: string): string {
  return `\`${text}\``
}

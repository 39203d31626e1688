import { rules } from '../../cli/src/commands/audit/rules.ts'
import { auditKeys } from '../../src/files/audit-section.ts'

/** What docs/audit.md has of the rules and of the key `audit`. */
export function auditSections(): { file: string; name: string; content: string }[] {
  const file = 'docs/audit.md'
  return [
    { file, name: 'rules', content: ruleTable() },
    { file, name: 'keys', content: keyTable() },
    { file, name: 'sections', content: rules.map(sectionOf).join('\n\n') },
  ]
}

const code = (name: string) => `\`${name}\``

function ruleTable(): string {
  const rows = rules.map(({ id, severity, title }) => `| [\`${id}\`](#${id}) | ${severity} | ${title} |`)
  return ['| rule | severity | what it finds |', '|---|---|---|', ...rows].join('\n')
}

function keyTable(): string {
  const rows = Object.entries(auditKeys).map(([key, { meaning }]) => `| \`${key}\` | ${meaning} |`)
  return ['| key | what it says |', '|---|---|', ...rows].join('\n')
}

function sectionOf({ id, severity, title, why, fix, example }: (typeof rules)[number]): string {
  const { bad, good, versions } = example
  const major = versions?.undici === undefined ? '' : ` (with undici ${versions.undici})`
  const fence = (code: string) => ['```ts', code, '```'].join('\n')
  return [
    `### ${id}`,
    `${sentence(title)} *${severity}*`,
    `**Why.** ${sentence(why)}`,
    `With the mistake${major}:`,
    fence(bad),
    `**Remedy.** ${sentence(fix)}`,
    fence(good),
  ].join('\n\n')
}

/** A name of code that begins the text stays as it is written. */
function sentence(text: string): string {
  const [name] = /^[a-z]+[A-Z]\w*/.exec(text) ?? []
  if (name !== undefined) return `${code(name)}${text.slice(name.length)}.`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

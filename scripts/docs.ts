// Writes the parts of the docs that are drawn from declarations: fields and what each client does with them. `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { ClientSupport } from '../src/adapter.ts'
import { clients } from '../src/clients/index.ts'
import { fieldTexts } from '../src/config/field-texts.ts'
import { fieldNames, fields } from '../src/config/fields.ts'
import { formatDefault } from '../src/config/format.ts'
import { isDivided, processesSpec } from '../src/config/processes.ts'
import type { PoolConfigField } from '../src/config/types.ts'
import { apiPages } from './docs/api.ts'
import { architecturePicture, roomTable } from './docs/architecture.ts'
import { auditSections } from './docs/audit.ts'
import { benchmarkPictures, benchmarkSections } from './docs/benchmarks.ts'
import { helpOfCommands } from './docs/commands.ts'
import { comparisonSections } from './docs/comparison.ts'
import { dialectSections } from './docs/dialects.ts'
import { channelSections, reasonTable } from './docs/events.ts'
import { repositoryLinks } from './docs/links.ts'
import { metricTable } from './docs/metrics.ts'
import { movePages } from './docs/moves.ts'
import { proxyTable } from './docs/proxies.ts'
import { pythonBehaviourSections } from './docs/python-behaviour.ts'
import { reverseProxySections } from './docs/reverse-proxies.ts'
import { sdkPages } from './docs/sdks.ts'
import { stepsPicture } from './docs/steps.ts'
import { readManifest } from './package/manifest.ts'
import { root } from './root.ts'
import { withSection, writeSection } from './write-section.ts'

const signs = { native: 'native', enforced: 'enforced', approximated: '≈ approximated', unsupported: '✗ unsupported' } as const

/** Those that nearly everybody has a number for. */
const knobs = [
  'maxConnections',
  'maxConnectionsPerHost',
  'acquireTimeout',
  'keepAliveExpiry',
  'connectTimeout',
  'maxPending',
  'maxLifetime',
] as const satisfies readonly PoolConfigField[]

function knobTable(): string {
  const rows = knobs.map((field) => {
    const { meaning, trap } = fieldTexts[field]
    return `| [\`${field}\`](docs/configuration.md#${field.toLowerCase()}) | ${code(formatDefault(field))} | ${meaning} | ${trap} |`
  })
  return ['| field | default | what | trap |', '|---|---|---|---|', ...rows].join('\n')
}

function fieldReference(): string {
  return fieldNames
    .map((field) => {
      const { perHost } = fields[field]
      const { meaning, trap, example } = fieldTexts[field]
      const ways = `${perHost ? ', can be overridden in `hosts`' : ''}${isDivided(field) ? ', divided by `processes`' : ''}`
      return [
        `### ${field}`,
        '',
        meaning,
        '',
        `**${trap}**`,
        '',
        `*Default: ${formatDefault(field)}*${ways} · e.g. \`${field}: ${JSON.stringify(example)}\``,
      ].join('\n')
    })
    .join('\n\n')
}

/** Of the setting that stands beside the pools. */
function processesText(): string {
  const { meaning, trap, example } = processesSpec
  const divided = fieldNames.filter(isDivided).map(code)
  return `\`processes: ${example}\` (or \`POLYPOOL_PROCESSES\`, or \`loadPools({ processes })\`, which goes before both). ${meaning} ${trap} Divided are ${divided.slice(0, -1).join(', ')} and ${divided.at(-1)}, those of \`hosts\` too, whoever set them.`
}

function supportTable({ fields: support, advice }: ClientSupport): string {
  const rows = fieldNames.map((field) => {
    const { native, pool, message = '', pooled } = support[field]
    const left = pooled === undefined ? '' : `: ${pooled}`
    return `| \`${field}\` | ${signs[pool]}${left} | ${signs[native]} | ${message} |`
  })
  const notes = advice.map(({ field, message }) => `- \`${field}\`: ${message}`)
  return [
    '| field | with polypool | own settings alone | the own setting, and what it lacks |',
    '|---|---|---|---|',
    ...rows,
    ...(notes.length > 0 ? ['', 'Good to know:', '', ...notes] : []),
  ].join('\n')
}

function code(text: string): string {
  return text.includes('`') ? text : `\`${text}\``
}

const sections: { file: string; name: string; content: string }[] = [
  { file: 'README.md', name: 'links', content: repositoryLinks(readManifest()) },
  { file: 'README.md', name: 'knobs', content: knobTable() },
  { file: 'docs/configuration.md', name: 'fields', content: fieldReference() },
  { file: 'docs/config-files.md', name: 'processes', content: processesText() },
  { file: 'docs/architecture.md', name: 'rooms', content: roomTable() },
  { file: 'docs/proxies.md', name: 'proxies', content: proxyTable() },
  { file: 'docs/operate.md', name: 'metrics', content: metricTable() },
  { file: 'docs/cli.md', name: 'help', content: await helpOfCommands() },
  { file: 'docs/events.md', name: 'channels', content: channelSections() },
  { file: 'docs/events.md', name: 'reasons', content: reasonTable() },
]
for (const [name, { support }] of Object.entries(clients)) {
  sections.push({ file: `docs/clients/${name}.md`, name: 'support', content: supportTable(support) })
}
sections.push(...auditSections())
sections.push(...comparisonSections())
sections.push(...pythonBehaviourSections())
sections.push(...dialectSections())
sections.push(...reverseProxySections())
sections.push(...benchmarkSections())

const check = process.argv.includes('--check')
const stale = sections.filter(
  ({ file, name, content }) => withSection(new URL(file, root), name, content) !== readFileSync(new URL(file, root), 'utf8'),
)
if (!check) for (const { file, name, content } of sections) writeSection(new URL(file, root), name, content)
const told = stale.map(({ file, name }) => `${file}, section ${name}`)

const whole = [
  { file: 'docs/architecture.svg', content: await architecturePicture() },
  { file: 'docs/how-a-pool-works.svg', content: stepsPicture() },
  ...benchmarkPictures(),
  ...(await apiPages()),
  ...sdkPages(),
  ...(await movePages()),
]
for (const { file, content } of whole) {
  const place = new URL(file, root)
  if (existsSync(place) && readFileSync(place, 'utf8') === content) continue
  told.push(file)
  if (!check) writeFileSync(place, content)
}

for (const what of told) console.log(`${check ? 'out of step with the code' : 'written'}: ${what}`)
if (check && told.length > 0) {
  console.error('Run npm run docs.')
  process.exitCode = 1
}

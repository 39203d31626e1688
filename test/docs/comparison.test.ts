import { readdirSync, readFileSync } from 'node:fs'
import { parser } from '@lezer/python'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { polypool } from '../../cli/test/command.ts'
import { comparisonSections } from '../../scripts/docs/comparison.ts'
import { type Library, libraries, settingsOf, sourceOf } from '../../scripts/docs/comparison-python.ts'
import { anchor, asked, fieldsOf, questions } from '../../scripts/docs/comparison-summary.ts'
import { exampleConfig } from '../../scripts/docs/comparison-wire.ts'
import { withSection } from '../../scripts/write-section.ts'
import { clientNames } from '../../src/clients/index.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { dialects } from '../../src/dialects/index.ts'
import { loadAdapter } from '../load-adapter.ts'
import { fences } from './pages.ts'

const root = new URL('../../', import.meta.url)
const page = new URL('docs/comparison.md', root)
const text = readFileSync(page, 'utf8')
const sections = comparisonSections()

function contentOf(name: string): string {
  const section = sections.find((candidate) => candidate.name === name)
  if (section === undefined) throw new Error(`there is no section ${name}`)
  return section.content
}

describe('the comparison', () => {
  it('has a chapter for every client and every HTTP library, and is in step with the code', () => {
    expect(sections.map(({ name }) => name)).toEqual([...clientNames, ...libraries, 'quick-comparison'])
    for (const { name, content } of sections) expect(withSection(page, name, content), name).toBe(text)
    expect([...libraries, 'sqlalchemy'].toSorted()).toEqual(Object.keys(dialects).toSorted())
  })

  it('asks every client every question', () => {
    for (const name of [...clientNames, ...libraries]) {
      const rows = contentOf(name).split('\n\n')[0]?.split('\n') ?? []
      const asks = ['pool class', ...asked.map((question) => questions[question])]
      expect(
        rows.slice(2).map((row) => row.split(' | ')[0]?.slice(2)),
        name,
      ).toEqual(asks)
      expect(
        rows.every((row) => row.split(/(?<!\\)\|/).length === 6),
        name,
      ).toBe(true)
    }
  })

  it('leads on to places that exist', () => {
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading))
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to = '']) => to)
    expect(links).toContain('#nodehttp')
    for (const link of new Set(links)) {
      const [path = '', fragment] = link.split('#')
      if (path === '') expect(headings).toContain(fragment)
      else if (!path.startsWith('https://')) expect(readFileSync(new URL(path, page), 'utf8').length, link).toBeGreaterThan(0)
    }
  })

  it('names each library and each client that there is in its quick comparison', () => {
    const rows = contentOf('quick-comparison').split('\n').slice(2)
    expect(rows).toHaveLength(1 + clientNames.length + libraries.length)
  })

  it('shows every example that there is, as it is', () => {
    for (const name of readdirSync(new URL('examples/comparison/', root))) {
      const source = readFileSync(new URL(`examples/comparison/${name}`, root), 'utf8')
      expect(text, name).toContain(`\n${source}\`\`\``)
    }
  })
})

it('can itself be imported: the command line finds the same pools in it', async () => {
  const { stdout } = await polypool(['import', 'auto', 'docs/comparison.md', '--json'])
  const found = JSON.parse(stdout) as { dialect: Library; config: object }[]
  expect(found.map(({ dialect }) => dialect)).toEqual(libraries)
  for (const { dialect, config } of found) {
    const [yaml = ''] = fences(contentOf(dialect), 'yaml')
    expect(parsePoolConfig(config).config, dialect).toEqual(parsePoolConfig(parse(yaml)).config)
  }
})

describe.each(clientNames)('the chapter on %s', (client) => {
  it('configures with polypool what the wire is held to', () => {
    const [, pooled = ''] = fences(contentOf(client), 'js')
    const literal = /createPool\((\{.*?\})\)/s.exec(pooled)?.[1] ?? ''
    expect(parse(literal.replaceAll(/(\w+):/g, '"$1":'))).toEqual(exampleConfig)
  })

  it('can promise that polypool holds each limit of the tables', async () => {
    const { support } = await loadAdapter(client)
    // A protocol is no limit, and not for every client.
    const limits = asked.filter((question) => question !== 'http2').flatMap((question) => fieldsOf[question])
    expect(limits).toHaveLength(7)
    for (const field of limits) expect(support.fields[field].pool, field).toBe('enforced')
  })

  it('says of every field what the client has for it', async () => {
    const { support } = await loadAdapter(client)
    const content = contentOf(client)
    for (const field of fieldNames) {
      const { native, message = '' } = support.fields[field]
      // What is not held is either a row of the table with the reason, or in the list at the end.
      const [, rest = message] = /^\w+;? (.+)$/.exec(message) ?? []
      const said = [`\`${field}\``, message, rest].filter((part) => part !== '' && content.includes(part))
      expect(said, `${field}, ${native}`).not.toEqual([])
    }
  })
})

/** What each example sets, read by eye. */
const set: { readonly [L in Library]: object } = {
  httpx: {
    limits: { max_connections: 100, max_keepalive_connections: 20, keepalive_expiry: 5 },
    timeout: { timeout: 10, pool: 2 },
  },
  requestx: {
    limits: { max_connections: 100, max_keepalive_connections: 20, keepalive_expiry: 5 },
    timeout: { timeout: 10, pool: 2 },
  },
  urllib3: { num_pools: 10, maxsize: 10, block: true, timeout: { connect: 5, read: 30 }, pool_timeout: 2 },
  requests: { pool_connections: 10, pool_maxsize: 10, pool_block: true },
  aiohttp: {
    limit: 100,
    limit_per_host: 10,
    keepalive_timeout: 30,
    ttl_dns_cache: 300,
    timeout: { total: 60, connect: 5, sock_connect: 2 },
  },
  pycurl: {
    M_MAX_TOTAL_CONNECTIONS: 50,
    M_MAX_HOST_CONNECTIONS: 10,
    M_MAXCONNECTS: 50,
    CONNECTTIMEOUT: 30,
    MAXAGE_CONN: 60,
    TCP_KEEPALIVE: 1,
    TCP_KEEPIDLE: 120,
  },
}

describe.each(libraries)('the chapter on %s', (library) => {
  it('has an example that is Python', () => {
    expect(fences(contentOf(library), 'python')).toEqual([sourceOf(library)])
    const errors: string[] = []
    parser.parse(sourceOf(library)).iterate({
      enter: ({ type, from }) => {
        if (type.isError) errors.push(sourceOf(library).slice(from, from + 20))
      },
    })
    expect(errors).toEqual([])
  })

  it('prints the config that the library would have with it, and it loads', () => {
    expect(settingsOf(library)).toEqual(set[library])
    const [yaml = ''] = fences(contentOf(library), 'yaml')
    const { config, explicit } = parsePoolConfig(parse(yaml))
    const expected = parsePoolConfig(dialects[library].read(set[library] as never).config)
    expect(config).toEqual(expected.config)
    expect(explicit).toEqual(expected.explicit)
  })

  it('explains every setting and every field that it has no setting for', () => {
    const content = contentOf(library)
    const { settings, fields, facts } = dialects[library].support
    for (const key of Object.keys(settings)) expect(content).toContain(`- \`${key}\``)
    const missing = content.split('\n').find((line) => line.startsWith('No setting of its own'))
    for (const field of fieldNames.filter((one) => fields[one].support === 'unsupported')) {
      expect(missing).toContain(`\`${field}\``)
    }
    for (const question of asked) {
      const { keyword, text: more = '' } = facts[question]
      if (keyword !== null) expect(content).toContain(`| ${questions[question]} | \`${keyword}\` |`)
      expect(content).toContain(more)
    }
  })
})

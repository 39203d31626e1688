import { describe, expect, test } from 'vitest'
import { fieldNames } from '../../src/config/fields.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { PoolConfig, PoolConfigField } from '../../src/config/types.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { PoolConfigError } from '../../src/errors.ts'
import { examples } from './examples.ts'

describe.each(Object.entries(examples))('%s', (name, { writings }) => {
  const { write }: Dialect = dialects[name as keyof typeof dialects]
  test.each(writings)('$why', ({ config, settings, lost = [], kept = [] }) => {
    const written = write(config)
    expect(written.settings).toEqual(settings)
    const noted = written.notes.map(({ field }) => field)
    expect(noted).toEqual(expect.arrayContaining([...lost]))
    expect(kept.filter((field) => noted.includes(field))).toEqual([])
  })
})

/** Settings under which every field means something. */
const bases: { readonly [name in keyof typeof dialects]: object } = {
  httpx: {},
  requestx: {},
  urllib3: { maxsize: 5, block: true },
  requests: { pool_maxsize: 5, pool_block: true },
  aiohttp: {},
  pycurl: { M_MAXCONNECTS: 9 },
  sqlalchemy: {},
}

const changes: { readonly [F in PoolConfigField]?: PoolConfig[F] } = {
  maxConnections: 37,
  maxConnectionsPerHost: 3,
  maxIdleConnections: 2,
  maxHosts: 8,
  keepAlive: false,
  acquireTimeout: 45_000,
  connectTimeout: 3000,
  tcpKeepAlive: 30_000,
  dnsCacheTtl: 45_000,
  scheduling: 'lifo',
}

test.each(Object.entries(bases))('%s: a field that it says to have comes back as it was', (name, base) => {
  const { read, write, support }: Dialect = dialects[name as keyof typeof dialects]
  const { config } = read(base)
  const checked = fieldNames.filter((field) => {
    if (support.fields[field].support !== 'native' || changes[field] === undefined) return false
    const changed = { ...config, [field]: changes[field] }
    const back = parsePoolConfig(read(write(changed).settings).config).config
    expect(back[field], field).toEqual(parsePoolConfig(changed).config[field])
    return true
  })
  expect(checked.length).toBeGreaterThan(1)
})

test.each(Object.values<Dialect>(dialects))('$name refuses a config that is none', ({ write }) => {
  expect(() => write({ maxConnections: 0 })).toThrow(PoolConfigError)
})

test.each(Object.values<Dialect>(dialects))('$name: nothing that was read is worse for having a version', ({ read, support }) => {
  for (const version of ['0.1', '1.2.3', '999']) {
    const { config } = read({}, { version })
    expect(Object.keys(config).length, version).toBeGreaterThan(3)
  }
  expect(support.dialect).toBeDefined()
})

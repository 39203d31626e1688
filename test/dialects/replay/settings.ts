import type { DialectName } from '../../../src/dialects/index.ts'
import type { LibraryName, Row } from './reference.ts'

/** One row's configuration, as its dialect reads it. */
export interface RowSettings {
  readonly dialect: DialectName
  readonly settings: { readonly [key: string]: unknown }
  readonly version: string
}

const dialectOf: { readonly [L in LibraryName]: DialectName } = {
  httpx: 'httpx',
  'httpx-sync': 'httpx',
  urllib3: 'urllib3',
  requests: 'requests',
  aiohttp: 'aiohttp',
  'pycurl-multi': 'pycurl',
  'pycurl-easy': 'pycurl',
  sqlalchemy: 'sqlalchemy',
}

/** The recording names the objects that take the settings; a dialect has them side by side, by keyword. */
export function settingsOf({ library, nativeConfig, version }: Row): RowSettings {
  const dialect = dialectOf[library]
  return { dialect, settings: keywords(dialect, nativeConfig), version: versionOf(dialect, version) }
}

type Parts = { readonly [name: string]: { readonly [key: string]: unknown } }

function keywords(dialect: DialectName, native: object): RowSettings['settings'] {
  // SQLAlchemy's stand by themselves, and in another place.
  if (dialect === 'sqlalchemy') return Object.fromEntries(Object.entries(native).map(([key, value]) => [engineKey(key), value]))
  const { limits, timeout, connector, pm, req, adapter, multi, easy } = native as Parts
  switch (dialect) {
    case 'httpx': {
      if (!timeout) return { ...(limits ? { limits } : {}) }
      const { default: rest, ...own } = timeout
      return { limits, timeout: { connect: rest, read: rest, write: rest, ...own } }
    }
    case 'aiohttp':
      return { ...connector, ...(timeout ? { timeout } : {}) }
    case 'urllib3':
      return { ...pm, ...(req && 'pool_timeout' in req ? { pool_timeout: req.pool_timeout } : {}) }
    case 'requests':
      return { ...adapter }
    default:
      // Of an easy handle that is used alone the default, said aloud: by MAXCONNECTS it is told from one in a multi handle.
      return { ...(multi ? {} : { MAXCONNECTS: 5 }), ...multi, ...easy }
  }
}

/** QueuePool's own keywords, as create_engine has them. */
function engineKey(key: string): string {
  return key.startsWith('pool_') || key === 'max_overflow' ? key : `pool_${key}`
}

/** Of `httpx 0.28.1 / httpcore 1.0.9` the first; pycurl's stays whole, libcurl's counts there. */
function versionOf(dialect: DialectName, version: string): string {
  return dialect === 'pycurl' ? version : (/\d[\d.]*/.exec(version)?.[0] ?? version)
}

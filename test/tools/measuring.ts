import { mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { countingServer } from './counting-server.ts'
import type { Ended } from './run.ts'

/** What one program told and the servers saw; of a client that was refused, why. */
export interface Measured {
  readonly ended: Ended
  readonly clients: { readonly [client: string]: Client }
  readonly files: { readonly [format: string]: Client }
}

export type Client = Told & { readonly peak: number; readonly opened: number }

interface Told {
  readonly answers?: number
  readonly refused?: number
  readonly read?: number
  readonly code?: string
  readonly message?: string
}

/** A config file in each format, with the one cap that they all set. */
const configFiles = {
  yaml: 'pools:\n  default:\n    maxConnections: 2 # as in code\n',
  toml: '[pools.default]\nmaxConnections = 2\n',
  json: '{ "pools": { "default": { "maxConnections": 2 } } }\n',
  cjs: 'module.exports = { pools: { default: { maxConnections: 2 } } }\n',
  mjs: 'export default { pools: { default: { maxConnections: 2 } } }\n',
}

export type Format = keyof typeof configFiles

export const formats = Object.keys(configFiles) as readonly Format[]

/**
 * Gives a program a server for each client and each format, and counts what it does there.
 *
 * @param read the formats
 * @param outside where the config files may lie
 * @param start runs the program with its one argument, and waits for its end
 */
export async function measure(
  clients: readonly string[],
  read: readonly Format[],
  outside: string,
  start: (plan: string) => Promise<Ended>,
): Promise<Measured> {
  await using servers = new AsyncDisposableStack()
  const served = await Promise.all(
    [...clients, ...read].map(async (name) => [name, servers.use(await countingServer())] as const),
  )
  const folder = mkdtempSync(path.join(outside, 'files-'))
  const files = read.map((format) => {
    const file = path.join(folder, `pools.${format}`)
    writeFileSync(file, configFiles[format])
    return [format, file] as const
  })
  const urls = Object.fromEntries(served.map(([name, { url }]) => [name, url]))
  const ended = await start(JSON.stringify({ urls, files: Object.fromEntries(files) }))
  const told = parse(ended)
  const both = (told: { readonly [name: string]: Told }) =>
    Object.fromEntries(
      served
        .filter(([name]) => name in told)
        .map(([name, { seen }]) => [name, { ...told[name], peak: seen.peak, opened: seen.opened }]),
    )
  return { ended, clients: both(told.clients), files: both(told.files) }
}

/** The program's last line. */
function parse({ code, stdout, stderr }: Ended): { clients: { [name: string]: Told }; files: { [name: string]: Told } } {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  } catch {
    throw new Error(`the program told nothing, and ${code === null ? 'hung' : `ended with code ${code}`}:\n${stderr}${stdout}`)
  }
}

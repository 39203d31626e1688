import { fork } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { bareEnvironment } from '../platform.ts'
import type { HoldingServer } from './server.ts'

interface Lines {
  readonly setup: string
  readonly request: string | null
}

/** The text of a module that does what a recipe says, with a server on loopback in the place of the one that it names. */
export function moduleOf({ setup, request }: Lines, { url }: HoldingServer, replaced: Replacements = [], more = ''): string {
  const code = `${setup}\n\nexport { pool }\nexport const send = async () => ${request}\n${more}`
  const port = new URL(url).port
  return replaced
    .reduce((text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`there is no ${from} to put another in its place:\n${text}`)
      return text.replaceAll(from, to.replaceAll('$port', port))
    }, code)
    .replaceAll(/(?:https|wss):\/\/api\.example\.com/g, ([scheme]) => (scheme === 'w' ? url.replace('https', 'wss') : url))
}

/** What stands for what; `$port` is that of the server. */
export type Replacements = readonly (readonly [from: string, to: string])[]

export interface Run {
  /** What the pool counted in the end; undefined where the module proved something else. */
  readonly stats?: { readonly created: number; readonly reused: number }
  readonly proved?: unknown
}

interface Load {
  /** How many requests are sent at once. */
  readonly burst: number
  /** How many of them may be at the server at one time. */
  readonly limit: number
}

interface Options {
  /** Where the SDKs are installed. */
  readonly sdks: string
  readonly name: string
  readonly env?: { readonly [name: string]: string }
  readonly execArgv?: readonly string[]
}

/** The modules of this process, beside what they import, and the certificate that they trust. */
function folderOf(sdks: string): string {
  const folder = path.join(sdks, `run-${process.pid}`)
  if (!existsSync(folder)) {
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'ca.pem'), probeCertificate)
  }
  return folder
}

/**
 * Runs a module in a process of its own: so many requests at once, which the server answers when all of them are there, or as many as
 * may be and the others wait in the pool. Throws with the process's own words if it does not end by itself in peace.
 */
export async function run(code: string, { burst, limit }: Load, server: HoldingServer, options: Options): Promise<Run> {
  const folder = folderOf(options.sdks)
  const file = path.join(folder, `${options.name}.mjs`)
  writeFileSync(file, code)
  const child = fork(fileURLToPath(new URL('drive.ts', import.meta.url)), [pathToFileURL(file).href, String(burst)], {
    cwd: folder,
    env: { ...bareEnvironment(), NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'), ...replacedPort(options.env, server) },
    execArgv: ['--disable-warning=ExperimentalWarning', ...(options.execArgv ?? [])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data))
  let result: Run = {}
  const release = () => {
    server.release()
    // It may be about to leave: then it has no need of it.
    if (child.connected) child.send({ released: true }, () => {})
  }
  let allInPool = false
  const releaseIfFull = () => {
    if (server.seen.held === burst || (allInPool && server.seen.held >= limit)) release()
  }
  server.onRequest = releaseIfFull
  child.on('message', (message: Run & { allInPool?: true }) => {
    if (message.allInPool !== true) result = message
    else allInPool = true
    releaseIfFull()
  })
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  if (exitCode !== 0) throw new Error(`${options.name} ended with code ${exitCode}:\n${output}\n${code}`)
  return result
}

function replacedPort(env: Options['env'] = {}, { url }: HoldingServer): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('$url', url)]))
}

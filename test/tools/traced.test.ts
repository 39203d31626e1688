import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { clients } from './clients.ts'
import { describeProgram } from './describe-program.ts'
import { run, succeed } from './run.ts'

const { tools, outside, app } = inject('places')

/** What every pool needs, and what reads the config files. */
const { dependencies } = JSON.parse(readFileSync(path.join(app, 'node_modules/polypool/package.json'), 'utf8')) as {
  dependencies: object
}
const always = ['polypool', ...Object.keys(dependencies)]

const programs = [
  { entry: 'main.mjs', clients, packages: ['undici', 'axios', 'got', 'node-fetch', 'agentkeepalive'] },
  { entry: 'main.cjs', clients, packages: ['undici', 'axios', 'got', 'node-fetch', 'agentkeepalive'] },
  { entry: 'fetch.mjs', clients: ['fetch'], packages: ['undici'] },
  { entry: 'agentkeepalive.mjs', clients: ['agentkeepalive'], packages: ['agentkeepalive'] },
]

interface Traced {
  /** By the folder that was traced in. */
  readonly files: readonly string[]
  readonly warnings: readonly string[]
}

describe.each(programs)('the files that @vercel/nft traces for $entry', ({ entry, clients, packages }) => {
  let tracing: Promise<Traced> | undefined
  const trace = () => (tracing ??= traceFiles(path.join(app, 'programs', entry)))

  it('come without a warning of polypool', async () => {
    const { warnings } = await trace()
    expect(warnings.filter((warning) => warning.includes('node_modules/polypool/'))).toEqual([])
  })

  it.each([...always, ...packages])('hold %s', async (name) => {
    const { files } = await trace()
    expect(files.filter((file) => file.startsWith(`node_modules/${name}/`) && /\.[cm]?js$/.test(file))).not.toEqual([])
  })

  describeProgram({
    clients,
    start: async (plan) => {
      const folder = mkdtempSync(path.join(outside, 'traced-'))
      for (const file of (await trace()).files) cpSync(path.join(app, file), path.join(folder, file))
      return run(process.execPath, [path.join('programs', entry), plan], folder)
    },
  })
})

async function traceFiles(entry: string): Promise<Traced> {
  const { stdout } = await succeed(process.execPath, [path.join(tools, 'trace.mjs'), app, entry], app)
  return JSON.parse(stdout) as Traced
}

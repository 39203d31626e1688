import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { clientNames, clients } from '../../src/clients/index.ts'

const workspace = mkdtempSync(path.join(tmpdir(), 'unsupported-peers-'))
afterAll(() => rmSync(workspace, { recursive: true, force: true }))

const source = new URL('../../', import.meta.url)
const node = process.versions.node

/** What importing the adapter, or `createPool`, throws where these packages are installed, which are nothing but a version. */
async function thrownBy(adapter: string, installed: { readonly [name: string]: string }, code = ''): Promise<unknown> {
  const project = mkdtempSync(path.join(workspace, 'project-'))
  for (const [name, version] of Object.entries(installed)) {
    const folder = path.join(project, 'node_modules', name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }))
    writeFileSync(path.join(folder, 'index.js'), code)
  }
  const result = await runIn(
    project,
    `
    try {
      const { createPool } = await import(${JSON.stringify(new URL(`adapters/${adapter}.ts`, source).href)})
      createPool({})
    } catch ({ code, message }) { console.log(JSON.stringify({ code, message })) }
  `,
  )
  return result ?? 'no error'
}

/** What a script logs as JSON, in a process that finds clients where that project does. */
async function runIn(project: string, script: string): Promise<unknown> {
  const hook = new URL('cli/src/commands/verify/client-hook.ts', source)
  const packages = clientNames.flatMap((name) => clients[name].support.peer?.name ?? []).join()
  hook.search = new URLSearchParams({ project: path.join(project, 'index.js'), packages }).toString()
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', hook.href, '--input-type=module', '-e', script])
  return stdout === '' ? undefined : JSON.parse(stdout)
}

const unsupported = (message: unknown) => ({ code: 'ERR_POOL_UNSUPPORTED', message })

const missing = (name: string) => ({
  code: 'ERR_MODULE_NOT_FOUND',
  message: expect.stringMatching(`^Cannot find package '${name}' imported from `),
})

describe.each(clientNames.filter((name) => clients[name].engine === 'undici-dispatcher'))('polypool/%s', (adapter) => {
  test.each(['6.21.0', '7.0.0', '7.27.0', '8.1.0', '9.0.0'])('refuses undici %s', async (version) => {
    expect(await thrownBy(adapter, { undici: version })).toEqual(
      unsupported(
        `undici ${version} on Node ${node} is not supported: npm install undici@8 (polypool takes undici ^8.2.0 or ^7.27.1)`,
      ),
    )
  })

  test('refuses what only has the names of undici, as Bun gives in its place', async () => {
    const code = `
      class Dispatcher extends require('node:events') {}
      exports.Client = class Client extends Dispatcher { request() {} }
      exports.Agent = class Agent extends Dispatcher {}
      Object.assign(exports, { Dispatcher, buildConnector() {}, errors: {} })
    `
    expect(await thrownBy(adapter, { undici: '8.13.1' }, code)).toEqual(
      unsupported(expect.stringMatching(/^undici is replaced here by something else of that name/)),
    )
  })

  test('is not imported where there is no undici, and Node says so', async () => {
    expect(await thrownBy(adapter, {})).toEqual(missing('undici'))
  })
})

describe('polypool/agentkeepalive', () => {
  test.each(['3.5.3', '4.4.0', '5.0.0'])('refuses agentkeepalive %s', async (version) => {
    expect(await thrownBy('agentkeepalive', { agentkeepalive: version })).toEqual(
      unsupported(
        `agentkeepalive ${version} on Node ${node} is not supported: npm install agentkeepalive@4 (polypool takes agentkeepalive ^4.5.0)`,
      ),
    )
  })

  test('loads one that is supported', async () => {
    const code =
      "const { Agent } = require('node:http'); module.exports = Object.assign(class extends Agent {}, { HttpsAgent: Agent })"
    expect(await thrownBy('agentkeepalive', { agentkeepalive: '4.5.0' }, code)).toBe('no error')
  })

  test('is not imported where there is none, and Node says so', async () => {
    expect(await thrownBy('agentkeepalive', {})).toEqual(missing('agentkeepalive'))
  })
})

test.each(clientNames.filter((name) => !clients[name].loadsPeer))('polypool/%s needs no package', async (adapter) => {
  expect(await thrownBy(adapter, {})).toBe('no error')
})

test('what the command line takes of a client needs no package', async () => {
  const found = await runIn(
    workspace,
    `
    const { clients } = await import(${JSON.stringify(new URL('src/internal.ts', source).href)})
    console.log(JSON.stringify(Object.values(clients).map(({ translate }) => typeof translate({}).settings)))
  `,
  )
  expect(found).toEqual(clientNames.map(() => 'object'))
})

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { loadUndici, supportedMajor } from '../../../src/engines/undici-dispatcher/load.ts'
import { PoolUnsupportedError } from '../../../src/errors.ts'

const load = new URL('../../../src/engines/undici-dispatcher/load.ts', import.meta.url).href

/** Runs a script in a process of its own, which has loaded nothing yet, and gives what it logs. */
async function run(script: string): Promise<unknown> {
  const prelude = `
    const [first, second] = [1, 2].map((n) => Symbol.for('undici.globalDispatcher.' + n))
    const { loadUndici } = await import(${JSON.stringify(load)})
    const { createRequire } = await import('node:module')
    const require = createRequire(${JSON.stringify(import.meta.url)})
    const answers = (undici) => new Promise((resolve) => {
      const dispatcher = globalThis[first]
      resolve(dispatcher instanceof undici.Agent ? 'the installed one' : 'its own')
    })
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', prelude + script])
  return JSON.parse(stdout)
}

describe.each(['undici', 'undici7'])('loading %s', (name) => {
  const given = JSON.stringify(name)

  test('leaves the fetch of the platform with its own dispatcher', async () => {
    const script = `
      loadUndici(${given}, require)
      const undici = require(${given})
      console.log(JSON.stringify([await answers(undici), typeof undici.getGlobalDispatcher()?.dispatch]))
    `
    expect(await run(script)).toEqual(['its own', 'function'])
  })

  test('changes nothing if fetch was used before', async () => {
    const script = `
      await fetch('data:,x')
      const before = [globalThis[first], globalThis[second]]
      loadUndici(${given}, require)
      console.log(JSON.stringify([globalThis[first] === before[0], before[1] === undefined || globalThis[second] === before[1]]))
    `
    expect(await run(script)).toEqual([true, true])
  })

  test('changes nothing if undici was imported, or its dispatcher set, before', async () => {
    const script = `
      const undici = require(${given})
      const agent = new undici.Agent()
      undici.setGlobalDispatcher(agent)
      const before = [globalThis[first], globalThis[second]]
      loadUndici(${given}, require)
      console.log(JSON.stringify([globalThis[first] === before[0], globalThis[second] === before[1]]))
    `
    expect(await run(script)).toEqual([true, true])
  })

  test('leaves undici’s own functions working without a dispatcher', async () => {
    const script = `
      import http from 'node:http'
      loadUndici(${given}, require)
      const undici = require(${given})
      const server = http.createServer((request, response) => response.end('ok')).listen(0, async () => {
        const url = 'http://localhost:' + server.address().port
        const { body } = await undici.request(url, { reset: true })
        console.log(JSON.stringify([await body.text(), await (await fetch(url)).text()]))
        process.exit()
      })
    `
    expect(await run(script)).toEqual(['ok', 'ok'])
  })
})

test('importing the adapters loads no undici', async () => {
  const adapters = ['undici', 'fetch'].map((name) => new URL(`../../../adapters/${name}.ts`, import.meta.url).href)
  const script = `
    for (const adapter of ${JSON.stringify(adapters)}) await import(adapter)
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => file.includes('node_modules/undici'))))
  `
  expect(await run(script)).toEqual([])
})

test.each([
  ['7.27.1', '20.19.0', 7],
  ['7.30.2', '26.0.0', 7],
  ['8.2.0', '22.19.0', 8],
  ['8.12.4', '24.0.0', 8],
])('undici %s is supported on Node %s', (version, node, major) => {
  expect(supportedMajor(version, node)).toBe(major)
})

test.each([
  [
    '6.29.1',
    '20.19.0',
    'undici 6.29.1 on Node 20.19.0 is not supported: npm install undici@7 (polypool takes undici ^7.27.1 here; undici 8 needs Node 22.19 or newer)',
  ],
  [
    '7.27.0',
    '24.0.0',
    'undici 7.27.0 on Node 24.0.0 is not supported: npm install undici@8 (polypool takes undici ^8.2.0 or ^7.27.1)',
  ],
  ['8.1.9', '24.0.0', 'undici ^8.2.0 or ^7.27.1'],
  ['8.12.4', '20.19.0', 'undici 8 needs Node 22.19 or newer'],
  ['8.12.4', '22.18.0', 'undici 8 needs Node 22.19 or newer'],
  ['9.0.0', '26.0.0', 'undici ^8.2.0 or ^7.27.1'],
])('undici %s is refused on Node %s', (version, node, message) => {
  expect(() => supportedMajor(version, node)).toThrow(PoolUnsupportedError)
  expect(() => supportedMajor(version, node)).toThrow(message)
})

test('a missing undici is named', () => {
  expect(() => loadUndici('undici-that-is-not-there')).toThrow(PoolUnsupportedError)
  expect(() => loadUndici('undici-that-is-not-there')).toThrow('undici-that-is-not-there is not installed: npm install undici@8')
})

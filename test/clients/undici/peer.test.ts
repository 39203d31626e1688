import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const url = (file: string) => new URL(`../../../${file}`, import.meta.url).href
const adapterNames = ['undici', 'fetch', 'axios', 'got', 'node-fetch', 'agentkeepalive', 'node-http']

/** Runs a script in a process of its own, which has loaded nothing yet and finds that undici, and gives what it logs. */
async function run(undici: string, script: string): Promise<unknown> {
  const prelude = `
    import { createRequire, registerHooks } from 'node:module'
    const resolve = (name, context, next) => next(name === 'undici' ? ${JSON.stringify(undici)} : name, context)
    registerHooks({ resolve })
    const [first, second] = [1, 2].map((n) => Symbol.for('undici.globalDispatcher.' + n))
    const require = createRequire(${JSON.stringify(import.meta.url)})
    const imported = () => import(${JSON.stringify(url('adapters/undici.ts'))})
    const answers = (undici) => (globalThis[first] instanceof undici.Agent ? 'the installed one' : 'its own')
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', prelude + script])
  return JSON.parse(stdout)
}

describe.each(['undici', 'undici7'])('importing the adapter with %s', (name) => {
  test('leaves the fetch of the platform with its own dispatcher', async () => {
    const script = `
      const { createPool } = await imported()
      const pool = createPool()
      const undici = require('undici')
      const same = pool.options.dispatcher instanceof undici.Dispatcher
      console.log(JSON.stringify([answers(undici), typeof undici.getGlobalDispatcher()?.dispatch, same]))
    `
    expect(await run(name, script)).toEqual(['its own', 'function', true])
  })

  test('would not leave it so without what is done about it', async () => {
    const script = `
      const undici = require('undici')
      const wrapped = globalThis[first].constructor.name === 'Dispatcher1Wrapper'
      console.log(JSON.stringify(wrapped ? 'the installed one' : answers(undici)))
    `
    expect(await run(name, script)).toBe('the installed one')
  })

  test('changes nothing if fetch was used before', async () => {
    const script = `
      await fetch('data:,x')
      const before = [globalThis[first], globalThis[second]]
      await imported()
      console.log(JSON.stringify([globalThis[first] === before[0], before[1] === undefined || globalThis[second] === before[1]]))
    `
    expect(await run(name, script)).toEqual([true, true])
  })

  test('changes nothing if undici was imported, or its dispatcher set, before', async () => {
    const script = `
      const undici = require('undici')
      const agent = new undici.Agent()
      undici.setGlobalDispatcher(agent)
      const before = [globalThis[first], globalThis[second]]
      await imported()
      console.log(JSON.stringify([globalThis[first] === before[0], globalThis[second] === before[1]]))
    `
    expect(await run(name, script)).toEqual([true, true])
  })

  test('leaves undici’s own functions working without a dispatcher', async () => {
    const script = `
      import http from 'node:http'
      await imported()
      const undici = require('undici')
      const server = http.createServer((request, response) => response.end('ok')).listen(0, async () => {
        const url = 'http://localhost:' + server.address().port
        const { body } = await undici.request(url, { reset: true })
        console.log(JSON.stringify([await body.text(), await (await fetch(url)).text()]))
        process.exit()
      })
    `
    expect(await run(name, script)).toEqual(['ok', 'ok'])
  })
})

const stranger = /node_modules[\\/](undici|agentkeepalive|axios|got|node-fetch)[\\/]/

test.each(adapterNames)('importing polypool/%s loads its own client at most', async (adapter) => {
  const script = `
    await import(${JSON.stringify(url(`adapters/${adapter}.ts`))})
    console.log(JSON.stringify(Object.keys(require.cache)))
  `
  const files = (await run('undici', script)) as string[]
  const loaded = new Set(files.flatMap((file) => stranger.exec(file)?.[1] ?? []))
  const own = { undici: ['undici'], fetch: ['undici'], agentkeepalive: ['agentkeepalive'] }[adapter] ?? []
  expect([...loaded]).toEqual(own)
})

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import type { ChildTask } from '../../src/conformance/children/messages.ts'
import { runChild } from '../../src/conformance/children/run-child.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import { moduleUrl } from '../../src/module-url.ts'

const probe = new LocalProbe()
const { port } = await probe.listen()
const url = `http://127.0.0.1:${port}/?`

afterAll(() => probe.stop())

it('a child that is given an unknown client says so', async () => {
  const { code, stderr, reports } = await runChild({ client: { driver: 'none' }, task: 'idle', url }, 5000)
  expect([code, reports]).toEqual([1, []])
  expect(stderr).toContain('there is no client "none": use undici')
})

it('a child that does not end is killed', async () => {
  const { code } = await runChild({ client: { driver: 'node-http' }, task: 'idle', url: `${url}hold=never` }, 1000)
  expect(code).toBeNull()
})

it.each(['undici', 'undici7'])('a process whose fetch was taken over by importing %s is found out', async (name) => {
  const task: ChildTask = { client: { driver: 'undici-dispatch', alias: { undici: name } }, task: 'dispatchers', url }
  // Loaded before anything else, as a careless import would be.
  const careless = pathToFileURL(createRequire(import.meta.url).resolve(name)).href
  const child = fileURLToPath(moduleUrl('../../src/conformance/children/child', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', careless, child, JSON.stringify(task)])
  expect(stdout).toContain('the platform’s fetch uses a dispatcher of the installed undici')
})

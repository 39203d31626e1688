import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { loadPools, type Pools } from '../../src/files/pools.ts'
import { FileWatcher, stampOf } from '../../src/files/watch.ts'
import { Workspace } from './workspace.ts'

const name = 'polypool.config.yaml'
const config = (limit: number | string) => `pools: { default: { maxConnections: ${limit} }, other: { maxConnections: 1 } }\n`

/** What the pools tell, in words. */
function listen(pools: Pools): string[] {
  const told: string[] = []
  pools.on('change', ({ names }) => told.push(`change ${names}: ${pools.config().maxConnections}`))
  pools.on('error', ({ message }) => told.push(`error ${message}`))
  return told
}

async function watch(workspace: Workspace, options = {}) {
  const pools = await loadPools({ cwd: workspace.root, env: {}, watch: true, ...options })
  onTestFinished(() => pools.close())
  // The look for what happened meanwhile is over then: from here on it takes events.
  await sleep(200)
  return { pools, told: listen(pools), pool: pools.open(nodeHttp) }
}

/** Also that nothing more is told. */
async function expectTold(told: string[], expected: readonly unknown[]): Promise<void> {
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(expected.length), { timeout: 4000, interval: 10 })
  await sleep(250)
  expect(told).toEqual(expected)
}

describe('a running pool follows its file', () => {
  it('written in place, and only if it changed', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const { told, pool } = await watch(workspace)
    workspace.write(name, config(2))
    await expectTold(told, ['change default: 2'])
    expect(pool.config.maxConnections).toBe(2)
    workspace.write(name, `# the same\n${config(2)}`)
    workspace.write('unrelated.yaml', 'x')
    await sleep(400)
    expect(told).toHaveLength(1)
  })

  it('written in many small steps, once', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const { told } = await watch(workspace)
    const file = fs.openSync(workspace.path(name), 'w')
    for (const char of config(3)) {
      fs.writeSync(file, char)
      await sleep(2)
    }
    fs.closeSync(file)
    await expectTold(told, ['change default: 3'])
  })

  it('saved by rename, again and again', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const { told } = await watch(workspace)
    for (const limit of [2, 3, 4]) {
      workspace.write('.swp', config(limit))
      fs.renameSync(workspace.path('.swp'), workspace.path(name))
      await expectTold(
        told,
        [2, 3, 4].slice(0, limit - 1).map((done) => `change default: ${done}`),
      )
    }
  })

  it('saved as vim does: the old one renamed away, a new one written', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const { told } = await watch(workspace)
    fs.renameSync(workspace.path(name), workspace.path(`${name}~`))
    await sleep(20)
    workspace.write(name, config(5))
    await expectTold(told, ['change default: 5'])
  })

  it('swapped by Kubernetes: a link to a link to a directory, which is replaced', async () => {
    const workspace = new Workspace({ [`..2026_01/${name}`]: config(1) })
    fs.symlinkSync('..2026_01', workspace.path('..data'))
    fs.symlinkSync(`..data/${name}`, workspace.path(name))
    const { told, pool } = await watch(workspace)
    for (const [before, now, limit] of [
      ['..2026_01', '..2026_02', 6],
      ['..2026_02', '..2026_03', 7],
    ] as const) {
      workspace.write(`${now}/${name}`, config(limit))
      fs.symlinkSync(now, workspace.path('..data_tmp'))
      fs.renameSync(workspace.path('..data_tmp'), workspace.path('..data'))
      await expectTold(told, limit === 6 ? ['change default: 6'] : ['change default: 6', 'change default: 7'])
      fs.rmSync(workspace.path(before), { recursive: true })
    }
    expect(pool.config.maxConnections).toBe(7)
  })

  it('behind a link into a directory elsewhere that is swapped there', async () => {
    const workspace = new Workspace({ [`etc/v1/${name}`]: config(1), 'app/x': '' })
    fs.symlinkSync('v1', workspace.path('etc/current'))
    fs.symlinkSync(`../etc/current/${name}`, workspace.path(`app/${name}`))
    const { told } = await watch(workspace, { cwd: workspace.path('app') })
    workspace.write(`etc/v2/${name}`, config(8))
    fs.symlinkSync('v2', workspace.path('etc/next'))
    fs.renameSync(workspace.path('etc/next'), workspace.path('etc/current'))
    await expectTold(told, ['change default: 8'])
    workspace.write(`etc/v2/${name}`, config(9))
    await expectTold(told, ['change default: 8', 'change default: 9'])
  })

  it('changed between loading and watching', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const pools = await loadPools({ cwd: workspace.root, env: {} })
    onTestFinished(() => pools.close())
    const told = listen(pools)
    workspace.write(name, config(2))
    pools.watch()
    await expectTold(told, ['change default: 2'])
  })
})

it('a broken file keeps the old limits and tells; the mended one goes on', async () => {
  const workspace = new Workspace({ [name]: config(1) })
  const { told, pool, pools } = await watch(workspace)
  workspace.write(name, config('"2"'))
  const error = `error ${name}:1:37: pools.default.maxConnections: "2" is a string: write the number 2`
  await expectTold(told, [error])
  expect([pool.config.maxConnections, pools.config().maxConnections]).toEqual([1, 1])
  fs.rmSync(workspace.path(name))
  await expectTold(told, [error, `error ${name}: the file does not exist: check the path, or write one with npx polypool init`])
  workspace.write(name, config(3))
  await expectTold(told, [error, expect.any(String), 'change default: 3'])
  expect(pool.config.maxConnections).toBe(3)
})

it('a broken file that nobody listens for is a warning, not the end of the process', async () => {
  const workspace = new Workspace({ [name]: config(1) })
  const pools = await loadPools({ cwd: workspace.root, env: {}, watch: true })
  onTestFinished(() => pools.close())
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  workspace.write(name, 'pools: [')
  expect(await warned).toMatchObject({
    name: 'PolypoolWarning',
    message: expect.stringMatching(
      /^The pool config was not reloaded, the old limits hold\. polypool\.config\.yaml:\d+:\d+: this is not valid YAML/,
    ),
  })
})

it('after close nothing is told any more', async () => {
  const workspace = new Workspace({ [name]: config(1) })
  const { pools, told } = await watch(workspace)
  workspace.write(name, config(2))
  await pools.close()
  await sleep(300)
  expect(told).toEqual([])
})

it('without a file there is nothing to watch', async () => {
  const pools = await loadPools({ cwd: new Workspace().root, env: {}, watch: true })
  await pools.close()
})

describe('the file below', () => {
  const follow = (file: string, pollEvery: number) => {
    const seen = vi.fn()
    const watcher = new FileWatcher(() => [file], stampOf([file]), seen, pollEvery)
    onTestFinished(() => watcher.close())
    return seen
  }

  it.each([
    ['events', 1e6],
    ['the poll', 50],
  ])('a directory that is replaced whole is found by %s', async (_, pollEvery) => {
    const workspace = new Workspace({ [`a/${name}`]: config(1), [`b/${name}`]: config(2) })
    const seen = follow(workspace.path(`a/${name}`), pollEvery)
    await sleep(200)
    fs.renameSync(workspace.path('a'), workspace.path('old'))
    fs.renameSync(workspace.path('b'), workspace.path('a'))
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(1), { timeout: 2000 })
    await sleep(150)
    fs.writeFileSync(workspace.path(`a/${name}`), config(3))
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(2), { timeout: 2000 })
  })

  it('is not taken while it is written, though the process was too busy to see the events', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const file = workspace.path(name)
    const seen = follow(file, 1e6)
    await sleep(200)
    fs.writeFileSync(file, '')
    await sleep(20)
    // Timers come before events after an immediate.
    setImmediate(() => {
      for (const end = Date.now() + 150; Date.now() < end; );
      fs.writeFileSync(file, config(2).slice(0, 20))
    })
    await sleep(180)
    expect(seen).not.toHaveBeenCalled()
    fs.writeFileSync(file, config(2))
    await sleep(500)
    expect(seen).toHaveBeenCalledTimes(1)
  })

  it('is found in a directory where other files never rest', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const seen = follow(workspace.path(name), 1e6)
    await sleep(200)
    const writing = setInterval(() => workspace.write('log', String(Date.now())), 10)
    onTestFinished(() => clearInterval(writing))
    await sleep(50)
    workspace.write(name, config(2))
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(1), { timeout: 2000 })
  })

  it('a directory that comes later is found by the poll', async () => {
    const workspace = new Workspace()
    const seen = follow(workspace.path(`a/${name}`), 50)
    await sleep(200)
    workspace.write(`a/${name}`, config(1))
    await vi.waitFor(() => expect(seen).toHaveBeenCalled(), { timeout: 2000 })
  })
})

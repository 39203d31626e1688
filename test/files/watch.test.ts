import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { loadPools, type Pools } from '../../src/files/pools.ts'
import { FileWatcher, stampOf } from '../../src/files/watch.ts'
import { hasLinks, hasModes } from '../platform.ts'
import { wallClock } from '../time.ts'
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
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(expected.length), { interval: 10 })
  await sleep(250)
  expect(told).toEqual(expected)
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Does it again until it took less time than what makes a write one: a busy machine may have slept in between. */
async function inOneGo<T extends object>(act: () => Promise<T & { readonly took?: number }>): Promise<T> {
  for (;;) {
    const elapsed = wallClock()
    const result = await act()
    if ((result.took ?? elapsed()) < 80) return result
    await sleep(300)
  }
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
    await inOneGo(async () => {
      const file = fs.openSync(workspace.path(name), 'w')
      for (const char of config(3)) {
        fs.writeSync(file, char)
        await turn()
      }
      fs.closeSync(file)
      return {}
    })
    // Where the machine was too slow for one go, the parts before were told as errors.
    await vi.waitFor(() => expect(told.at(-1)).toBe('change default: 3'))
    await sleep(250)
    expect(told.filter((text) => text.startsWith('change'))).toHaveLength(1)
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

  it.skipIf(!hasLinks)('swapped by Kubernetes: a link to a link to a directory, which is replaced', async () => {
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

  it.skipIf(!hasLinks)('behind a link into a directory elsewhere that is swapped there', async () => {
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
  await expectTold(told, [
    error,
    `error ${name}: the file does not exist: check the path, or write one with npx @polypool/cli init`,
  ])
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

describe.skipIf(!hasLinks || !hasModes)(
  'what the file system refuses is told, the old limits hold, and watching goes on:',
  () => {
    const circle = /^error polypool\.config\.yaml: its symbolic links lead round in a circle: mend the links$/
    const denied = /^error polypool\.config\.yaml: the file may not be read: give this user permission to read it$/
    const gone = /^error polypool\.config\.yaml: the file does not exist/

    it.each<[string, RegExp, (workspace: Workspace) => void, (workspace: Workspace) => void]>([
      [
        'a link to itself',
        circle,
        ({ root }) => {
          fs.symlinkSync(name, `${root}/next`)
          fs.renameSync(`${root}/next`, `${root}/${name}`)
        },
        ({ root }) => fs.rmSync(`${root}/${name}`),
      ],
      [
        'a circle of two links',
        circle,
        ({ root }) => {
          fs.symlinkSync('two', `${root}/next`)
          fs.symlinkSync(name, `${root}/two`)
          fs.renameSync(`${root}/next`, `${root}/${name}`)
        },
        ({ root }) => fs.rmSync(`${root}/${name}`),
      ],
      [
        'a link that leads nowhere',
        gone,
        ({ root }) => {
          fs.symlinkSync('nowhere', `${root}/next`)
          fs.renameSync(`${root}/next`, `${root}/${name}`)
        },
        ({ root }) => fs.rmSync(`${root}/${name}`),
      ],
      [
        'a directory in its place',
        /^error polypool\.config\.yaml: it is a directory: name a file$/,
        ({ root }) => {
          fs.rmSync(`${root}/${name}`)
          fs.mkdirSync(`${root}/${name}`)
        },
        ({ root }) => fs.rmdirSync(`${root}/${name}`),
      ],
      ['a folder that may not be read', denied, ({ root }) => fs.chmodSync(root, 0), ({ root }) => fs.chmodSync(root, 0o755)],
    ])('%s', async (_, message, breakIt, mend) => {
      const workspace = new Workspace({ [name]: config(1) })
      fs.chmodSync(workspace.root, 0o755)
      // Root may read everything.
      const root = process.getuid?.() === 0
      const rights = (id: number) => root && process.seteuid?.(id)
      const { told, pool } = await watch(workspace)
      onTestFinished(() => {
        rights(0)
        fs.chmodSync(workspace.root, 0o755)
      })
      breakIt(workspace)
      rights(65_534)
      await vi.waitFor(() => expect(told.at(-1)).toMatch(message))
      expect(pool.config.maxConnections).toBe(1)
      rights(0)
      mend(workspace)
      workspace.write(name, config(3))
      await vi.waitFor(() => expect(told.at(-1)).toBe('change default: 3'))
      expect(pool.config.maxConnections).toBe(3)
    })
  },
)

describe('a file that comes later', () => {
  it.each([name, `.config/polypool.yaml`, `../${name}`, `../.config/polypool.json`, '../package.json'])('%s', async (later) => {
    const workspace = new Workspace({ 'app/src/x': '', 'app/package.json': '{}', 'package.json': '{ "name": "x" }' })
    const { told, pool, pools } = await watch(workspace, { cwd: workspace.path('app') })
    expect(pools.file).toBeNull()
    const pooled = '{ "pools": { "default": { "maxConnections": 6 } } }'
    workspace.write(
      `app/${later}`,
      later.endsWith('package.json') ? `{ "polypool": ${pooled} }` : later.endsWith('.json') ? pooled : config(6),
    )
    await vi.waitFor(() => expect(told).toHaveLength(1))
    expect(told[0]).toMatch(/^change default(,other)?: 6$/)
    expect([pool.config.maxConnections, pools.file]).toEqual([6, workspace.path(`app/${later}`)])
    if (!later.endsWith('.yaml')) return
    // From then on it is followed as if it had been there.
    workspace.write(`app/${later}`, config(7))
    await expectTold(told, [expect.any(String), 'change default: 7'])
  })

  it('is told if it is broken, and looked at again', async () => {
    const workspace = new Workspace()
    const { told, pool } = await watch(workspace)
    workspace.write(name, 'pools: [')
    await vi.waitFor(() => expect(told.at(-1)).toMatch(/^error polypool\.config\.yaml:\d+:\d+: this is not valid YAML/))
    workspace.write(name, config(2))
    await vi.waitFor(() => expect(told.at(-1)).toBe('change default,other: 2'))
    expect(pool.config.maxConnections).toBe(2)
  })
})

it('fake timers do not reach the watch', async () => {
  const workspace = new Workspace({ [name]: config(1) })
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const pools = await loadPools({ cwd: workspace.root, env: {}, watch: true })
  onTestFinished(() => pools.close())
  const changed = new Promise((resolve) => pools.once('change', resolve))
  workspace.write(name, config(2))
  expect(await changed).toEqual({ names: ['default'] })
})

it('after close nothing is told any more', async () => {
  const workspace = new Workspace({ [name]: config(1) })
  const { pools, told } = await watch(workspace)
  workspace.write(name, config(2))
  await pools.close()
  await sleep(300)
  expect(told).toEqual([])
})

it('without a file it lets go of everything at close, too', async () => {
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
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(1))
    await sleep(150)
    fs.writeFileSync(workspace.path(`a/${name}`), config(3))
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(2))
  })

  it('is not taken while it is written, though the process was too busy to see the events', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const file = workspace.path(name)
    const seen = follow(file, 1e6)
    await sleep(200)
    await inOneGo(async () => {
      seen.mockClear()
      fs.writeFileSync(file, '')
      await turn()
      // The process is busy for longer than things have to be quiet, so that its timers are due before it sees the events of the second write.
      for (const blocked = wallClock(); blocked() < 150; );
      const written = wallClock()
      fs.writeFileSync(file, config(2).slice(0, 20))
      await turn()
      await turn()
      const calls = seen.mock.calls.length
      fs.writeFileSync(file, config(2))
      return { calls, took: written() }
    }).then(({ calls }) => expect(calls).toBe(0))
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(1))
    await sleep(250)
    expect(seen).toHaveBeenCalledTimes(1)
  })

  it('is found in a directory where other files never rest', async () => {
    const workspace = new Workspace({ [name]: config(1) })
    const seen = follow(workspace.path(name), 1e6)
    await sleep(200)
    const writing = setInterval(() => workspace.write('log', String(Math.random())), 10)
    onTestFinished(() => clearInterval(writing))
    await sleep(50)
    workspace.write(name, config(2))
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(1))
  })

  it('a directory that comes later is found by the poll', async () => {
    const workspace = new Workspace()
    const seen = follow(workspace.path(`a/${name}`), 50)
    await sleep(200)
    workspace.write(`a/${name}`, config(1))
    await vi.waitFor(() => expect(seen).toHaveBeenCalled())
  })
})

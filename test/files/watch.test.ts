import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { loadPools } from '../../src/files/pools.ts'
import { hasLinks } from '../platform.ts'
import { config, expectTold, inOneGo, listen, name, turn, watch } from './watching.ts'
import { Workspace } from './workspace.ts'

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

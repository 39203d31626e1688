import fs from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { loadPools } from '../../src/files/pools.ts'
import { hasLinks, hasModes } from '../platform.ts'
import { config, expectTold, name, watch } from './watching.ts'
import { Workspace } from './workspace.ts'

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

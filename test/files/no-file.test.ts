import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPools } from '../../src/files/load.ts'
import { hasDevices, hasLinks, hasModes } from '../platform.ts'
import { refusal, Workspace } from './workspace.ts'

describe('a path that leads to no file', () => {
  it('does not exist', async () => {
    const { root } = new Workspace()
    const { message } = await refusal(readPools({ cwd: root, file: 'a.yaml', env: false }))
    expect(message).toBe('a.yaml: the file does not exist: check the path, or write one with npx @polypool/cli init')
  })

  it('leads through a file', async () => {
    const { root } = new Workspace({ b: '' })
    const { message } = await refusal(readPools({ cwd: root, file: 'b/a.yaml', env: false }))
    expect(message).toBe('b/a.yaml: the file does not exist: check the path: a part of it is not a directory')
  })

  it('is a directory, given or found', async () => {
    const workspace = new Workspace()
    fs.mkdirSync(workspace.path('polypool.config.yaml'))
    const message = 'polypool.config.yaml: it is a directory: name a file'
    expect((await refusal(readPools({ cwd: workspace.root, file: 'polypool.config.yaml', env: false }))).message).toBe(message)
    expect((await refusal(readPools({ cwd: workspace.root, env: false }))).message).toBe(message)
  })

  it.skipIf(!hasDevices)('is a device that never ends', async () => {
    const { message } = await refusal(readPools({ file: '/dev/zero', env: false }))
    expect(message).toBe('/dev/zero: it is not a regular file: name a file')
  })

  it.skipIf(!hasLinks)('is a link to itself', async () => {
    const workspace = new Workspace()
    fs.symlinkSync('a.yaml', workspace.path('a.yaml'))
    const { message } = await refusal(readPools({ cwd: workspace.root, file: 'a.yaml', env: false }))
    expect(message).toBe('a.yaml: its symbolic links lead round in a circle: mend the links')
  })

  it.skipIf(!hasModes)('may not be read, given or found', async () => {
    const workspace = new Workspace({ 'polypool.config.yaml': 'pools: {}' })
    fs.chmodSync(workspace.path('polypool.config.yaml'), 0)
    const message = 'polypool.config.yaml: the file may not be read: give this user permission to read it'
    fs.chmodSync(workspace.root, 0o755)
    // Root may read everything.
    const root = process.getuid?.() === 0
    if (root) process.seteuid?.(65_534)
    try {
      const given = await refusal(readPools({ cwd: workspace.root, file: 'polypool.config.yaml', env: false }))
      const found = await refusal(readPools({ cwd: workspace.root, env: false }))
      expect([given.message, found.message]).toEqual([message, message])
    } finally {
      if (root) process.seteuid?.(0)
    }
  })
})

import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { FileWatcher, stampOf } from '../../src/files/watch.ts'
import { wallClock } from '../time.ts'
import { config, inOneGo, name, turn } from './watching.ts'
import { Workspace } from './workspace.ts'

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

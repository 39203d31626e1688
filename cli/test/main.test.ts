import { spawn } from 'node:child_process'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../../src/text/command-line.ts'
import { commands } from '../src/commands.ts'
import { run } from '../src/main.ts'
import { progressOn } from '../src/progress.ts'
import { csi, polypool, polypoolProcess, project, root, terminal } from './command.ts'

const names = commands.map(({ name }) => name)

describe('the program', () => {
  it.each([
    ['no config, so no findings', ['size', '--concurrency', '3'], '', 0],
    ['a risk', ['check'], 'pools: { default: { acquireTimeout: 5m } }', 1],
    ['a mistake', ['check'], 'pools: { default: { maxConnections: 0 } }', 2],
    ['a module', ['check', 'p.mjs'], '', 0],
  ])('as a process says the same as within one: %s', async (_name, args, yaml, code) => {
    const cwd = project({ 'polypool.config.yaml': yaml, 'p.mjs': 'export default { pools: { default: { maxPending: 5 } } }' })
    const ended = await polypoolProcess(args, { cwd })
    expect(ended.code).toBe(code)
    expect(ended).toEqual(await polypool(args, { cwd }))
  })

  it('reads standard input of a process', async () => {
    const { code, stdout } = await polypoolProcess(['import', 'httpx', '-'], { stdin: 'import httpx\nhttpx.Client()\n' })
    expect(stdout).toContain('maxConnections: 100')
    expect(code).toBe(0)
  })

  it('lists its commands, each with what it is for', async () => {
    const { code, stdout } = await polypool(['--help'])
    expect(code).toBe(0)
    for (const { name, summary } of commands) expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
    expect(stdout).toContain('Exit codes: 0 fine, 1 findings, 2 misuse')
  })

  it('shows help and fails when nothing is asked for', async () => {
    const { code, stdout, stderr } = await polypool([])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(`Usage: ${commandLine}`)
  })

  it('tells its version', async () => {
    expect(await polypool(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it.each(names)('%s --help has examples and the options that all have', async (name) => {
    const { code, stdout } = await polypool([name, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/\nExamples:\n( {2}\S.*\n)+/)
    expect(stdout).toContain(`Usage: ${commandLine} ${name} `)
    const examples = stdout.slice(stdout.indexOf('Examples:')).match(/^ {2}\S.*$/gm) ?? []
    for (const line of examples) expect(line).toContain(`${commandLine} ${name}`)
    expect(stdout).toContain('--json')
  })

  it('shows the same by help <command>', async () => {
    const [one, other] = await Promise.all([polypool(['help', 'size']), polypool(['size', '--help'])])
    expect(one).toEqual(other)
  })

  it.each([
    [['chekc'], "error: unknown command 'chekc'\n(Did you mean check?)"],
    [['help', 'chekc'], "error: unknown command 'chekc'\n(Did you mean check?)"],
    [['size', '--concurency', '3'], "error: unknown option '--concurency'\n(Did you mean --concurrency?)"],
    [['--jsn'], "error: unknown option '--jsn'"],
    [['explain'], "error: missing required argument 'client'"],
    [['explain', 'axio'], 'error: there is no client "axio": did you mean axios?'],
    [['explain', 'axois'], 'error: there is no client "axois": did you mean axios?'],
    [['explain', 'request'], 'error: there is no client "request": use one of undici, fetch, axios'],
    [['explain', 'axios', 'got'], "error: too many arguments for 'explain'"],
    [['verify', '--client', 'nodefetch2'], 'error: there is no client "nodefetch2": did you mean node-fetch?'],
    [['check', '--client'], "error: option '--client <name...>' argument missing"],
  ])('%j is misuse, with a way out', async (args, message) => {
    const { code, stdout, stderr } = await polypool(args)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
    expect(stdout).toBe('')
  })

  it('tells errors as JSON too, when asked for JSON', async () => {
    const cwd = project()
    const [unknown, missing] = await Promise.all([
      polypool(['explain', 'axio', '--json'], { cwd }),
      polypool(['check', 'nowhere.yaml', '--json'], { cwd }),
    ])
    expect(unknown.code).toBe(2)
    expect(JSON.parse(unknown.stdout)).toMatchObject({
      error: { client: 'axio', message: expect.stringContaining('did you mean axios') },
    })
    expect(missing.code).toBe(2)
    expect(JSON.parse(missing.stdout).error.issues).toEqual([
      expect.objectContaining({ problem: 'the file does not exist', file: expect.stringContaining('nowhere.yaml') }),
    ])
  })

  it('shows control characters of its input instead of sending them to the terminal', async () => {
    const { code, stderr } = await polypool(['explain', `${csi}2Jaxios`])
    expect(code).toBe(2)
    expect(stderr).not.toContain(csi)
  })

  it.each([['check', '--json'], ['schema'], ['explain', 'axios']])('survives a reader that leaves: %s %s', async (...args) => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { maxConnections: 5 } }' })
    const { code, stderr } = await polypoolProcess(args, { cwd, hangUp: true })
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('goes on to its exit code when the reader leaves in the middle', async () => {
    const script = `
      import { processIo } from ${JSON.stringify(pathToFileURL(path.join(root, 'cli/src/process-io.ts')))}
      import { setTimeout } from 'node:timers/promises'
      const { io, exit } = processIo()
      for (let line = 0; line < 5; line++) {
        io.stdout('line\\n')
        await setTimeout(10)
      }
      io.stderr('done\\n')
      exit(1)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    expect(await text(child.stderr)).toBe('done\n')
    expect(child.exitCode ?? (await new Promise((resolve) => child.on('exit', resolve)))).toBe(1)
  })

  it('tells what was not expected without a stack', async () => {
    const { io, written } = terminal({
      stdout: () => {
        throw new Error('disk on fire')
      },
    })
    expect(await run(['schema'], io)).toBe(2)
    expect(written.err).toContain('disk on fire\n(not expected: please report it')
    expect(written.err).not.toMatch(/^\s+at /m)
  })
})

describe('colours and tables', () => {
  const args = ['size', '--concurrency', '40']

  it('are there on a terminal', async () => {
    const { io, written } = terminal()
    expect(await run(args, io)).toBe(0)
    expect(written.out).toContain(`${csi}1m`)
    expect(written.out).toContain('┌')
    const lines = written.out.split('\n').filter((line) => line.startsWith('│'))
    expect(lines.length).toBeGreaterThan(0)
  })

  it('fit the terminal', async () => {
    const { io, written } = terminal({ columns: 70, env: { NO_COLOR: '1' } })
    await run(args, io)
    const boxes = written.out.split('\n').filter((line) => /^[│┌├└]/.test(line))
    expect(Math.max(...boxes.map((line) => line.length))).toBeLessThanOrEqual(70)
  })

  it('are not there where NO_COLOR is set', async () => {
    const { io, written } = terminal({ env: { NO_COLOR: '1' } })
    await run(args, io)
    expect(written.out).not.toContain(csi)
  })

  it('are not there in a pipe, whatever the environment wants', async () => {
    const { stdout } = await polypoolProcess(args, { env: { FORCE_COLOR: '3', TERM: 'xterm-256color' } })
    expect(stdout).not.toContain(csi)
    expect(stdout).not.toMatch(/[│┌]/)
    const help = await polypoolProcess(['--help'], { env: { FORCE_COLOR: '3' } })
    expect(help.stdout).not.toContain(csi)
  })
})

describe('progress', () => {
  it('writes over its line on a terminal, and leaves nothing', () => {
    const { io, written } = terminal({ columns: 20 })
    const progress = progressOn(io)
    progress.part('axios: 12 scenarios')
    progress.step('axios caps/total and much more than fits into the line')
    progress.stop()
    const shown = written.err.split(`\r${csi}2K`)
    expect(shown).toEqual(['', 'axios: 12 scenarios', 'axios caps/total an', ''])
  })

  it('writes only the large parts into a log', () => {
    const { io, written } = terminal({ isErrTTY: false })
    const progress = progressOn(io)
    progress.part('axios: 12 scenarios')
    progress.step('axios caps/total')
    progress.stop()
    expect(written.err).toBe('axios: 12 scenarios\n')
  })
})

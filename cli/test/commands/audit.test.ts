import { chmodSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { hasDevices, hasModes, hasUnixShell } from '../../../test/platform.ts'
import { run } from '../../src/main.ts'
import { polypool, project, terminal } from '../command.ts'

const bad =
  "import http from 'node:http'\nexport const agent = new http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 9 })\n"
const good =
  "import http from 'node:http'\nexport const agent = new http.Agent({ keepAlive: true, maxSockets: 50, timeout: 4000 })\n"

test('findings by rule, with file, line, column, why and fix', async () => {
  const cwd = project({
    'src/a.ts': bad,
    'src/b.js': `${bad}fetch('x', { agent })\n`,
    'src/c.mjs': good,
  })
  expect(await polypool(['audit'], { cwd })).toEqual({
    code: 1,
    stderr: '',
    stdout: `warn keep-alive-msecs  keepAliveMsecs does not limit idle connections
  src/a.ts:2:22  keepAliveMsecs: 9 is set, and timeout is not
  src/b.js:2:22  keepAliveMsecs: 9 is set, and timeout is not
  why: keepAliveMsecs is the delay of TCP probes: idle connections stay open forever, and the first request after the server has closed one fails with ECONNRESET
  fix: set timeout to less than the server's own keep-alive timeout, or use polypool's keepAliveExpiry
  see: docs/audit.md#keep-alive-msecs, or --explain keep-alive-msecs

warn ignored-option  an option that has no effect
  src/b.js:3:1  agent has no effect: the built-in fetch takes a dispatcher of undici
  why: it is another client’s name for the setting; this client ignores it silently, so the limit that it should set does not hold
  fix: use this client’s own name; with polypool the names are the same for every client
  see: docs/audit.md#ignored-option, or --explain ignored-option

3 findings in 3 files
`,
  })
})

test('information is no finding: it is counted, shown with --info, and fails with --fail-on info alone', async () => {
  const cwd = project({ 'a.js': "import http from 'http'\nnew http.Agent()\n" })
  const plain = await polypool(['audit'], { cwd })
  expect(plain).toEqual({
    code: 0,
    stderr: '',
    stdout: 'no findings in 1 file\n1 place worth to be known: --info shows them\n',
  })
  const shown = await polypool(['audit', '--info'], { cwd })
  expect(shown.code).toBe(0)
  expect(shown.stdout).toContain('info keep-alive-off  keep-alive is off\n  a.js:2:1  ')
  expect((await polypool(['audit', '--fail-on', 'info'], { cwd })).code).toBe(1)
})

test('nothing found ends with 0', async () => {
  const cwd = project({ 'a.js': good })
  expect(await polypool(['audit'], { cwd })).toEqual({ code: 0, stderr: '', stdout: 'no findings in 1 file\n' })
})

test('as JSON', async () => {
  const cwd = project({ 'a.js': bad, 'b.js': "import 'http'\n(" })
  const { code, stdout } = await polypool(['audit', '--json'], { cwd })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    files: 2,
    apart: { tests: 0, ignored: 0 },
    baseline: { name: 'polypool-audit.json', accepted: 0, gone: [] },
    findings: [
      {
        file: 'a.js',
        line: 2,
        column: 22,
        rule: 'keep-alive-msecs',
        severity: 'warn',
        fingerprint: expect.stringMatching(/^[0-9a-f]{20}$/),
        title: 'keepAliveMsecs does not limit idle connections',
        message: 'keepAliveMsecs: 9 is set, and timeout is not',
        why: expect.any(String),
        fix: expect.any(String),
        docs: 'docs/audit.md#keep-alive-msecs',
      },
    ],
    problems: [{ file: 'b.js', line: 2, column: 2, message: 'syntax error: Expected `)` but found `EOF`' }],
  })
})

test('files, directories and globs; not node_modules, what was built, or types', async () => {
  const cwd = project({
    'src/a.ts': bad,
    'src/deep/b.tsx': bad,
    'lib/c.cjs': "const http = require('http'); new http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 9 })",
    'src/[x]/d.ts': bad,
    'src/types.d.ts': bad,
    'dist/e.js': bad,
    'node_modules/p/f.js': bad,
    'src/node_modules/p/g.js': bad,
    '.cache/h.js': bad,
    'notes.md': bad,
  })
  const files = async (...args: string[]) => {
    const { stdout, stderr } = await polypool(['audit', '--json', ...args], { cwd })
    expect(stderr).toBe('')
    return (JSON.parse(stdout) as { findings: { file: string }[] }).findings.map(({ file }) => file)
  }
  expect(await files()).toEqual(['lib/c.cjs', 'src/[x]/d.ts', 'src/a.ts', 'src/deep/b.tsx'])
  expect(await files('src')).toEqual(['src/[x]/d.ts', 'src/a.ts', 'src/deep/b.tsx'])
  expect(await files('src/[x]')).toEqual(['src/[x]/d.ts'])
  expect(await files('src/[x]/d.ts')).toEqual(['src/[x]/d.ts'])
  expect(await files('src/*.ts', '**/*.cjs')).toEqual(['src/a.ts', 'src/types.d.ts', 'lib/c.cjs'])
  expect(await files('src/a.ts', 'src/**')).toContain('src/a.ts')
  expect((await files('src/a.ts', 'src')).filter((file) => file === 'src/a.ts')).toHaveLength(1)
  expect(await files('dist/e.js')).toEqual(['dist/e.js'])
  expect(await files('node_modules/**/*.js')).toEqual(['node_modules/p/f.js'])
  expect(await files(path.join(cwd, 'lib'))).toEqual(['lib/c.cjs'])
})

test('links that lead round in a circle', async () => {
  const cwd = project({ 'src/a.ts': bad })
  symlinkSync(cwd, path.join(cwd, 'src/up'), 'junction')
  expect((await polypool(['audit'], { cwd })).stdout).toContain('1 finding in 1 file\n')
})

test('the installed undici decides on dispatchers for the built-in fetch', async () => {
  const code = "import { Agent } from 'undici'\nfetch('x', { dispatcher: new Agent({ connections: 5 }) })\n"
  const cwd = project({
    'package.json': '{ "dependencies": { "undici": "^7.0.0" } }',
    'seven/a.js': code,
    'eight/package.json': '{ "dependencies": { "undici": "^8.1.0" } }',
    'eight/a.js': code,
    'installed/node_modules/undici/package.json': '{ "version": "8.2.0" }',
    'installed/deep/a.js': code,
    'either/package.json': '{ "dependencies": { "undici": "^7 || ^8" } }',
    'either/a.js': code,
    'broken/package.json': '{ "dependencies": 5',
    'broken/a.js': code,
  })
  const { stdout } = await polypool(['audit'], { cwd })
  expect(stdout.match(/^ {2}\S+:\d.*$/gm)).toEqual([
    '  eight/a.js:2:1  the dispatcher is of undici 8: Node 22 and 24 refuse it (invalid onRequestStart method)',
    '  installed/deep/a.js:2:1  the dispatcher is of undici 8: Node 22 and 24 refuse it (invalid onRequestStart method)',
  ])
})

test('a file that can’t be parsed is told, and does not stop the rest; it is not fine either', async () => {
  const cwd = project({
    'a.ts': "import http from 'http'\nnew http.Agent({",
    'b.ts': good,
    'c.ts': `import 'http'\n${'['.repeat(50_000)}`,
  })
  const { code, stdout, stderr } = await polypool(['audit'], { cwd })
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'no findings in 3 files\n' })
  expect(stderr).toBe(
    'warning: a.ts:2:17: syntax error: Expected `}` but found `EOF`\nwarning: c.ts: nested too deeply to be read\n',
  )
})

test('found files that are no sources are passed over', async () => {
  const cwd = project({ 'video.ts': new Uint8Array([0x47, 0, 1, 2]), 'empty.js': '', 'a.js': good })
  expect(await polypool(['audit'], { cwd })).toEqual({ code: 0, stderr: '', stdout: 'no findings in 2 files\n' })
})

test.each([
  ['a file that is not there', ['nope.ts'], 'nope.ts: no such file'],
  ['a glob without a match', ['src/**/*.ts'], 'src/**/*.ts: nothing matches'],
  ['a directory without sources', ['empty'], 'empty: no JavaScript or TypeScript in this directory'],
  ['an empty name', [''], '"" is no file name'],
  ['an empty file', ['empty.ts'], 'empty.ts: empty'],
  ['a binary file', ['binary.ts'], 'binary.ts: not text in UTF-8'],
  ['a file in another encoding', ['latin.ts'], 'latin.ts: not text in UTF-8'],
  ['a huge file', ['huge.js'], 'huge.js: larger than 2 MB: not a source that a person wrote'],
  ...(hasDevices ? [['a device', ['/dev/zero'], '/dev/zero: not a regular file'] as [string, string[], string]] : []),
  ['standard input', ['-'], 'audit reads files, not standard input: name files, directories or globs'],
  ['a syntax error in all there is', ['broken.ts'], 'broken.ts:2:2: syntax error: Expected `)` but found `EOF`'],
  ['several at once', ['nope.ts', 'good.ts', 'nor.ts'], 'nope.ts: no such file\nnor.ts: no such file'],
  ['several unreadable ones', ['empty.ts', 'binary.ts'], 'empty.ts: empty\nbinary.ts: not text in UTF-8'],
])('misuse: %s', async (_, args, message) => {
  const cwd = project({
    'good.ts': good,
    'empty/readme.md': 'x',
    'empty.ts': ' \n',
    'binary.ts': new Uint8Array([1, 0, 2]),
    'latin.ts': new Uint8Array([0xe4, 0x3b]),
    'huge.js': `import 'http'\n//${'x'.repeat(10_000_000)}`,
    'broken.ts': "import 'http'\n(",
  })
  expect(await polypool(['audit', ...args], { cwd })).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` })
})

test.skipIf(!hasModes || process.getuid?.() === 0)('a file without permission', async () => {
  const cwd = project({ 'a.ts': good })
  chmodSync(path.join(cwd, 'a.ts'), 0)
  expect((await polypool(['audit', 'a.ts'], { cwd })).stderr).toBe('error: a.ts: may not be read: permission denied\n')
})

test('misuse as JSON', async () => {
  const { code, stdout } = await polypool(['audit', 'nope.ts', '--json'], { cwd: project() })
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toEqual({ error: { message: 'nope.ts: no such file', arguments: ['nope.ts'] } })
})

test.skipIf(!hasUnixShell)('control characters of names and sources do not reach the terminal', async () => {
  const cwd = project({ 'a\u001b[31m.ts': bad })
  const { stdout } = await polypool(['audit'], { cwd })
  expect(stdout).toContain('  a\\x1b[31m.ts:2:22  keepAliveMsecs: 9 is set')
})

test('colours and progress only on a terminal', async () => {
  const { io, written } = terminal({ cwd: project({ 'a.ts': bad }) })
  expect(await run(['audit'], io)).toBe(1)
  expect(written.out).toContain('\u001b[1mkeep-alive-msecs\u001b[22m')
  expect(written.err).toContain('reading 1 of 1: a.ts')
})

test('many files show how far it is', async () => {
  const cwd = project(Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`${index}.ts`, good])))
  const { code, stderr, stdout } = await polypool(['audit'], { cwd })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'no findings in 250 files\n' })
  expect(stderr).toMatch(/^reading 1 of 250: \d+\.ts\nreading 201 of 250: \d+\.ts\n$/)
})

test('help has examples', async () => {
  const { code, stdout } = await polypool(['audit', '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain("npx @polypool/cli audit 'src/**/*.ts' server.js")
})

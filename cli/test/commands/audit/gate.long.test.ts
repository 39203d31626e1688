import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { polypool, project } from '../../command.ts'

const bad =
  "import http from 'node:http'\nexport const agent = new http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 9 })\n"
const unread = "import { request } from 'undici'\nexport const up = async (url) => (await request(url)).statusCode < 500\n"

interface Told {
  readonly code: number | null
  readonly stderr: string
  readonly places: readonly string[]
  readonly apart: { readonly tests: number; readonly ignored: number }
  readonly baseline: { readonly accepted: number; readonly gone: readonly { readonly file: string; readonly count: number }[] }
}

/** What `audit --json` says, its findings as `file:line rule severity`. */
async function audited(cwd: string, ...args: readonly string[]): Promise<Told> {
  const { code, stdout, stderr } = await polypool(['audit', '--json', ...args], { cwd })
  const { findings, ...rest } = JSON.parse(stdout) as Told & {
    readonly findings: readonly {
      readonly file: string
      readonly line: number
      readonly rule: string
      readonly severity: string
    }[]
  }
  return {
    ...rest,
    code,
    stderr,
    places: findings.map(({ file, line, rule, severity }) => `${file}:${line} ${rule} ${severity}`),
  }
}

function git(cwd: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.test', '-c', 'commit.gpgsign=false']
  execFileSync('git', [...who, ...args], { cwd, stdio: 'ignore' })
}

test('severities of the config file, for all files and by globs', async () => {
  const cwd = project({
    'src/a.js': bad,
    'src/b.js': unread,
    'scripts/a.js': bad,
    'legacy/a.js': bad,
    'src/legacy.js': bad,
    'polypool.config.yaml': `audit:
  rules:
    keep-alive-msecs: error
    unread-body: off
  overrides:
    - files: ['scripts/**', '/src/legacy.js']
      rules: { keep-alive-msecs: info }
  ignore: ['legacy/**']
  failOn: error
`,
  })
  const { code, places, apart } = await audited(cwd)
  expect({ code, places, apart }).toEqual({
    code: 1,
    places: [
      'scripts/a.js:2 keep-alive-msecs info',
      'src/a.js:2 keep-alive-msecs error',
      'src/legacy.js:2 keep-alive-msecs info',
    ],
    apart: { tests: 0, ignored: 1 },
  })
  expect((await audited(cwd, 'scripts')).code).toBe(0)
  expect((await audited(cwd, '--fail-on', 'never')).code).toBe(0)
  // A file that is named itself is read, whatever is said of its folder.
  expect((await audited(cwd, 'legacy/a.js')).places).toHaveLength(1)
})

test('the least severity that fails', async () => {
  const cwd = project({ 'a.js': bad })
  for (const [severity, code] of [
    ['info', 1],
    ['warn', 1],
    ['error', 0],
    ['never', 0],
  ] as const)
    expect((await audited(cwd, '--fail-on', severity)).code, severity).toBe(code)
})

test('the key audit in package.json, and in a file that is named', async () => {
  const cwd = project({
    'a.js': bad,
    'package.json': '{ "polypool": { "audit": { "rules": { "keep-alive-msecs": "off" } } } }',
    'other.toml': '[audit.rules]\nkeep-alive-msecs = "error"\n',
  })
  expect((await audited(cwd)).places).toEqual([])
  expect((await audited(cwd, '--config', 'other.toml')).places).toEqual(['a.js:2 keep-alive-msecs error'])
})

test('tests, benchmarks, examples and fixtures are apart, unless they are asked for or named', async () => {
  const apart = [
    'test/a.js',
    'src/__tests__/a.js',
    'src/a.test.ts',
    'src/a.spec.mjs',
    'pkg/config_test.ts',
    'bench/a.js',
    'examples/a.js',
    'packages/x/fixtures/a.js',
    'e2e/deep/a.js',
  ]
  const cwd = project({
    ...Object.fromEntries(apart.map((file) => [file, bad])),
    'src/a.js': bad,
    'src/latest.js': bad,
    'src/contest/a.js': bad,
    'smoke/a.js': bad,
    'polypool.config.json': '{ "audit": { "tests": ["smoke/**"] } }',
  })
  const usual = await audited(cwd)
  expect(usual.places.map((place) => place.split(':', 1).join())).toEqual(['src/a.js', 'src/contest/a.js', 'src/latest.js'])
  expect(usual.apart).toEqual({ tests: apart.length + 1, ignored: 0 })
  expect((await audited(cwd, '--tests')).places).toHaveLength(apart.length + 4)
  expect((await audited(cwd, 'test')).places).toHaveLength(1)
  expect((await audited(cwd, 'bench/a.js')).places).toHaveLength(1)
  expect((await polypool(['audit'], { cwd })).stdout).toContain(
    '10 files of tests, benchmarks and examples left out: --tests reads them\n',
  )
})

test('.gitignore is heeded as git does, also above the working directory', async () => {
  const top = project({
    '.git/info/exclude': '/mine.js\n',
    '.gitignore': '/generated/\n*.gen.js\nvendor/*\n!vendor/kept.js\n',
    'app/.gitignore': '/local.js\n!known.gen.js\n',
    'app/local.js': bad,
    'app/known.gen.js': bad,
    'app/other.gen.js': bad,
    'app/generated/a.js': bad,
    'generated/a.js': bad,
    'generated/.gitignore': '!a.js\n',
    'vendor/kept.js': bad,
    'vendor/a.js': bad,
    'mine.js': bad,
    'a.js': bad,
  })
  const files = async (cwd: string, ...args: readonly string[]) =>
    (await audited(cwd, ...args)).places.map((one) => one.split(':', 1).join())
  expect(await files(top)).toEqual(['a.js', 'app/generated/a.js', 'app/known.gen.js', 'vendor/kept.js'])
  expect(await files(path.join(top, 'app'))).toEqual(['generated/a.js', 'known.gen.js'])
  expect((await audited(top)).apart.ignored).toBe(5)
  // Who names what is ignored means it.
  expect(await files(top, 'generated')).toEqual(['generated/a.js'])
  expect(await files(top, 'generated/**/*.js')).toEqual(['generated/a.js'])
  expect(await files(top, 'mine.js')).toEqual(['mine.js'])
})

test('a baseline accepts what is there: only what is new fails, and what is gone is told', async () => {
  const cwd = project({ 'a.js': bad, 'b.js': `${bad}${bad.split('\n')[1]?.replace('agent', 'other')}\n` })
  expect((await audited(cwd, '--update-baseline')).code).toBe(0)
  const first = readFileSync(path.join(cwd, 'polypool-audit.json'), 'utf8')
  const known = await audited(cwd)
  expect({ code: known.code, places: known.places, accepted: known.baseline.accepted }).toEqual({
    code: 0,
    places: [],
    accepted: 3,
  })
  expect((await polypool(['audit'], { cwd })).stdout).toBe('no findings in 2 files, 3 more accepted by polypool-audit.json\n')

  // Lines that move are the same finding; the same line once more is another one.
  writeFileSync(path.join(cwd, 'a.js'), `// moved\n\n${bad}`)
  writeFileSync(path.join(cwd, 'c.js'), bad)
  expect((await audited(cwd)).places).toEqual(['c.js:2 keep-alive-msecs warn'])
  writeFileSync(path.join(cwd, 'c.js'), '')
  writeFileSync(path.join(cwd, 'a.js'), `${bad}{ ${bad.split('\n')[1]?.replace('export ', '')} }\n`)
  expect((await audited(cwd)).places).toEqual(['a.js:3 keep-alive-msecs warn'])

  writeFileSync(path.join(cwd, 'a.js'), '')
  const gone = await audited(cwd)
  expect(gone).toMatchObject({ code: 0, baseline: { accepted: 2, gone: [{ file: 'a.js', count: 1 }] } })
  expect(gone.stderr).toBe('warning: 1 finding of polypool-audit.json gone (a.js): --update-baseline takes them out\n')
  // What was not looked at is not gone, and stays accepted.
  expect((await audited(cwd, 'b.js')).baseline.gone).toEqual([])
  await audited(cwd, 'b.js', '--update-baseline')
  expect(readFileSync(path.join(cwd, 'polypool-audit.json'), 'utf8')).toBe(first)
  rmSync(path.join(cwd, 'a.js'))
  await audited(cwd, 'b.js', '--update-baseline')
  expect(readFileSync(path.join(cwd, 'polypool-audit.json'), 'utf8')).not.toContain('a.js')
})

test('a baseline says nothing of the code, and is the same from wherever it is used', async () => {
  const cwd = project({ 'app/a.js': bad })
  await audited(path.join(cwd, 'app'), '--baseline', '../known.json', '--update-baseline')
  const text = readFileSync(path.join(cwd, 'known.json'), 'utf8')
  expect(JSON.parse(text)).toEqual({
    findings: [{ file: 'app/a.js', rule: 'keep-alive-msecs', fingerprint: expect.any(String), count: 1 }],
  })
  expect((await audited(cwd, '--baseline', 'known.json')).code).toBe(0)
  expect((await audited(cwd, '--baseline', 'known.json', path.join(cwd, 'app/a.js'))).code).toBe(0)
})

test('only what has changed since a branch was left', async () => {
  const cwd = project({ 'old.js': bad, 'edited.js': '', 'sub/kept.js': bad })
  git(cwd, 'init', '-q', '-b', 'main')
  git(cwd, 'add', '.')
  git(cwd, 'commit', '-qm', 'first')
  git(cwd, 'checkout', '-qb', 'work')
  writeFileSync(path.join(cwd, 'edited.js'), bad)
  git(cwd, 'commit', '-qam', 'second')
  git(cwd, 'checkout', '-q', 'main')
  writeFileSync(path.join(cwd, 'on-main.js'), bad)
  git(cwd, 'add', '.')
  git(cwd, 'commit', '-qm', 'third')
  git(cwd, 'checkout', '-q', 'work')
  writeFileSync(path.join(cwd, 'sub/nëw.js'), bad)
  const files = async (at: string, ...args: readonly string[]) =>
    (await audited(at, ...args)).places.map((one) => one.split(':', 1).join())
  expect(await files(cwd, '--changed=main')).toEqual(['edited.js', 'sub/nëw.js'])
  expect(await files(cwd, '--changed')).toEqual(['sub/nëw.js'])
  expect(await files(path.join(cwd, 'sub'), '--changed=main')).toEqual(['nëw.js'])
  rmSync(path.join(cwd, 'sub/nëw.js'))
  renameSync(path.join(cwd, 'edited.js'), path.join(cwd, 'renamed.js'))
  expect(await files(cwd, '--changed')).toEqual(['renamed.js'])
  rmSync(path.join(cwd, 'renamed.js'))
  expect((await polypool(['audit', '--changed'], { cwd })).stdout).toBe('no findings in no files\n')
})

test('findings are grouped by package where there are several', async () => {
  const cwd = project({
    'package.json': '{ "name": "whole", "workspaces": ["packages/*"] }',
    'packages/a/package.json': '{ "name": "@scope/a" }',
    'packages/a/src/a.js': bad,
    'packages/b/package.json': '{ "private": true }',
    'packages/b/b.js': bad,
    'tools/c.js': bad,
  })
  const { stdout } = await polypool(['audit'], { cwd })
  expect(stdout.split('\n').filter((line) => /^[@pw]\S*$|^ {2}\S+:\d/.test(line))).toEqual([
    '@scope/a',
    '  packages/a/src/a.js:2:22  keepAliveMsecs: 9 is set, and timeout is not',
    'packages/b',
    '  packages/b/b.js:2:22  keepAliveMsecs: 9 is set, and timeout is not',
    'whole',
    '  tools/c.js:2:22  keepAliveMsecs: 9 is set, and timeout is not',
  ])
  const { findings } = JSON.parse((await polypool(['audit', '--json'], { cwd })).stdout) as { findings: { package: string }[] }
  expect(findings.map((one) => one.package)).toEqual(['@scope/a', 'packages/b', 'whole'])
})

test('scripts of Vue, Svelte and Astro are read where they stand', async () => {
  const script = bad.trimEnd()
  const cwd = project({
    'a.vue': `<template>\n  <p>{{ 1 }}</p>\n</template>\n<script setup lang="ts">\n${script}\nconst x: number = 1\n</script>\n<script>\nexport default {}\n</script>\n<style>p { color: red }</style>\n`,
    'b.svelte': `<script context="module" generics="T extends A<B>">\n  ${script.replace('\n', '\n  ')}\n</script>\n<script type="application/json">{"x": [}</script>\n<h1>Hi</h1>\n`,
    'c.astro': `---\n${script}\n---\n<script>console.log(1)</script>\n<p>x</p>\n`,
    'd.vue': '<template><p/></template>\n',
    'e.vue': "<script>\nimport 'http'\n(\n</script>",
    'f.svelte': "<script>import 'http'; let = </script>",
  })
  const { code, places, stderr } = await audited(cwd)
  expect(code).toBe(1)
  expect(places).toEqual(['a.vue:6 keep-alive-msecs warn', 'b.svelte:3 keep-alive-msecs warn', 'c.astro:3 keep-alive-msecs warn'])
  expect(stderr).toMatch(/^warning: scripts of 2 components not read: e\.vue:\d+:\d+: syntax error: .*, f\.svelte:1:\d+: .*\n$/)
})

test('a link to a directory is not followed, and a config file without pools is one of the audit alone', async () => {
  const cwd = project({ 'src/a.js': bad, 'polypool.config.yaml': 'audit: { rules: { keep-alive-msecs: info } }\n' })
  symlinkSync(path.join(cwd, 'src'), path.join(cwd, 'linked'), 'junction')
  expect((await audited(cwd)).places).toEqual(['src/a.js:2 keep-alive-msecs info'])
})

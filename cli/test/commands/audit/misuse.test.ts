import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { polypool, project } from '../../command.ts'

const bad =
  "import http from 'node:http'\nexport const agent = new http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 9 })\n"

test('everything that is wrong with the key audit is told at once, with its place', async () => {
  const cwd = project({
    'a.js': bad,
    'polypool.config.yaml': `audit:
  rules:
    keep-alive-msec: error
    unread-body: warning
  overides: []
  overrides:
    - files: scripts
  ignore: ['../elsewhere', 5]
  failOn: always
`,
  })
  const { code, stdout, stderr } = await polypool(['audit'], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.split('\n')).toEqual([
    'error: polypool.config.yaml:3:5: audit.rules["keep-alive-msec"]: there is no such rule: did you mean keep-alive-msecs?',
    'polypool.config.yaml:4:18: audit.rules["unread-body"]: "warning" is none of off, info, warn, error: use off, info, warn, error',
    'polypool.config.yaml:5:3: audit.overides: unknown key: did you mean overrides?',
    `polypool.config.yaml:7:7: audit.overrides["0"]: it has no rules: write [{ files: ['scripts/**'], rules: { … } }]`,
    `polypool.config.yaml:7:14: audit.overrides["0"].files: "scripts" is not a list of globs: write ['legacy/**']`,
    'polypool.config.yaml:8:12: audit.ignore["0"]: "../elsewhere" is no glob: write one that is seen from the config file, such as legacy/**',
    'polypool.config.yaml:8:28: audit.ignore["1"]: 5 is no glob: write one that is seen from the config file, such as legacy/**',
    'polypool.config.yaml:9:11: audit.failOn: "always" is none of error, warn, info, never: use error, warn, info, never',
    '',
  ])
})

test.each([
  ['no JSON', '{', 'the baseline is no JSON'],
  ['no findings', '[]', 'the baseline has no list of findings: mend it, or write it anew with --update-baseline'],
  [
    'a finding without a count',
    '{ "findings": [{ "file": "a", "rule": "b", "fingerprint": "c" }] }',
    'findings[0] of the baseline',
  ],
])('a broken baseline: %s', async (_, text, message) => {
  const cwd = project({ 'a.js': bad, 'polypool-audit.json': text })
  const { code, stdout, stderr } = await polypool(['audit'], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`error: polypool-audit.json: ${message}`)
})

test('bad input ends with 2 and says what to do', async () => {
  const cwd = project({ 'a.js': bad })
  const misuse = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await polypool(['audit', ...args], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    return stderr
  }
  expect(await misuse('--format', 'xml')).toContain(
    "argument 'xml' is invalid. Allowed choices are text, json, sarif, github, gitlab.",
  )
  expect(await misuse('--fail-on', 'fatal')).toContain('Allowed choices are error, warn, info, never.')
  expect(await misuse('--baseline', 'nope.json')).toBe(
    'error: nope.json: there is no such baseline: --update-baseline writes it\n',
  )
  expect(await misuse('--config', 'nope.yaml')).toContain('nope.yaml')
  expect(await misuse('--explain', 'keep-alive-of')).toBe(
    'error: there is no rule "keep-alive-of": did you mean keep-alive-off?\n',
  )
  expect(await misuse('--changed')).toBe('error: --changed: this is no git repository\n')
  mkdirSync(path.join(cwd, 'dir.json'))
  expect(await misuse('--baseline', 'dir.json')).toContain("dir.json: the baseline can't be read (EISDIR)")
  execFileSync('git', ['init', '-q'], { cwd })
  expect(await misuse('--changed=nope')).toBe(
    'error: --changed nope: git knows no such commit: name a branch, a tag or a commit that was fetched\n',
  )
  expect(await misuse('--changed=--output=x')).toContain('git knows no such commit')
  const { code, stdout } = await polypool(['audit', '--json', '--format', 'sarif'], { cwd })
  expect(code).toBe(2)
  expect(stdout).toContain('--json and --format sarif: name one of them')
})

test('a rule at length', async () => {
  const { code, stdout } = await polypool(['audit', '--explain', 'client-per-request'])
  expect(code).toBe(0)
  expect(stdout).toContain('with the mistake:\n\n  import https')
  expect(stdout).toContain('docs/audit.md#client-per-request')
})

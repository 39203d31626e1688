import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import type { Finding } from '../../../src/commands/audit/finding.ts'
import { type FormatName, reportFormats } from '../../../src/commands/audit/formats/index.ts'
import type { AuditReport } from '../../../src/commands/audit/formats/report.ts'
import { rules } from '../../../src/commands/audit/rules.ts'
import { polypool, project, terminal } from '../../command.ts'

/** As OASIS publishes it, at docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas. */
const published = JSON.parse(
  readFileSync(fileURLToPath(new URL('data/sarif-schema-2.1.0.json', import.meta.url)), 'utf8'),
) as object

/** The same in the words of the JSON Schema that ajv reads: `id` was renamed since. */
function sarifErrors(document: unknown): string[] {
  const { $schema: _, id: __, ...schema } = published as { $schema: string; id: string }
  const validate = addFormats.default(new Ajv({ strict: false, allErrors: true })).compile(schema)
  validate(document)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const finding = (changes: Partial<Finding> = {}): Finding => ({
  file: 'src/a b.ts',
  path: path.resolve('/repository/app/src/a b.ts'),
  line: 3,
  column: 7,
  rule: 'client-per-request',
  message: 'new https.Agent(…) is made, 100% of it: for one',
  severity: 'warn',
  fingerprint: 'abc',
  package: undefined,
  ...changes,
})

/** What a format writes of these findings. */
function written(
  format: FormatName,
  findings: readonly Finding[],
  changes: Partial<AuditReport> = {},
  cwd = '/repository/app',
): string {
  const { io, written: texts } = terminal({ cwd: path.resolve(cwd), isTTY: false })
  const report: AuditReport = {
    files: 4,
    apart: { tests: 0, ignored: 0 },
    findings,
    problems: [],
    baseline: { name: 'polypool-audit.json', accepted: 0, gone: [] },
    info: false,
    ...changes,
  }
  reportFormats[format](report, io)
  return texts.out
}

test('SARIF is valid by its published schema, with every rule, a finding of each severity and a file that was not read', () => {
  const findings = [
    finding(),
    finding({ severity: 'error', rule: 'agent-scheme' }),
    finding({ severity: 'info', rule: 'keep-alive-off', path: path.resolve('/repository/app/src/[x]/ä#1.ts') }),
  ]
  const problems = [
    { file: 'b.ts', line: 1, column: 2, message: 'syntax error' },
    { file: 'c d.ts', message: 'too deep' },
  ]
  const document = JSON.parse(written('sarif', findings, { problems })) as {
    runs: {
      tool: { driver: { rules: object[] } }
      results: { level: string; ruleId: string; locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[]
      invocations: { executionSuccessful: boolean; toolExecutionNotifications: object[] }[]
    }[]
  }
  expect(sarifErrors(document)).toEqual([])
  const [run] = document.runs
  expect(run?.tool.driver.rules).toHaveLength(rules.length)
  expect(run?.results.map(({ level }) => level)).toEqual(['warning', 'error', 'note'])
  expect(run?.results.map((one) => one.locations[0]?.physicalLocation.artifactLocation.uri)).toEqual([
    'src/a%20b.ts',
    'src/a%20b.ts',
    'src/%5Bx%5D/%C3%A4%231.ts',
  ])
  expect(run?.invocations).toMatchObject([{ executionSuccessful: false, toolExecutionNotifications: [{}, {}] }])
})

test('the check of SARIF can fail', () => {
  const document = JSON.parse(written('sarif', [finding()])) as { runs: { results: { level: string }[] }[] }
  const [result] = document.runs[0]?.results ?? []
  if (result) result.level = 'warn'
  expect(sarifErrors(document)).toEqual(['/runs/0/results/0/level must be equal to one of the allowed values'])
})

test('annotations for GitHub: nothing in them ends a command or a property', () => {
  const lines = written('github', [
    finding(),
    finding({ severity: 'error', message: 'a\n::error::b', path: path.resolve('/repository/app/a,b:c.ts') }),
    finding({ severity: 'info' }),
  ]).split('\n')
  expect(lines).toEqual([
    '::warning file=src/a b.ts,line=3,col=7,title=polypool%3A client-per-request::new https.Agent(…) is made, 100%25 of it: for one%0Amake it once, where the module is loaded, and use it for every request (docs/audit.md#client-per-request)',
    expect.stringMatching(
      /^::error file=a%2Cb%3Ac\.ts,line=3,col=7,title=polypool%3A client-per-request::a%0A::error::b%0Amake it/,
    ),
    '2 findings in 4 files',
    '1 place worth to be known: --info shows them',
    '',
  ])
})

test('Code Quality of GitLab: fingerprints are unique, paths are relative', () => {
  const entries = JSON.parse(written('gitlab', [finding(), finding({ line: 9 }), finding({ severity: 'info' })])) as object[]
  expect(entries).toEqual([
    {
      description: expect.stringContaining('new https.Agent(…) is made'),
      check_name: 'client-per-request',
      fingerprint: 'abc',
      severity: 'minor',
      location: { path: 'src/a b.ts', lines: { begin: 3 } },
    },
    expect.objectContaining({ fingerprint: 'abc-2', location: { path: 'src/a b.ts', lines: { begin: 9 } } }),
  ])
  expect(JSON.parse(written('gitlab', []))).toEqual([])
})

test('paths are those of the repository, where the command runs below its root', async () => {
  const top = project({
    '.git/HEAD': 'ref: refs/heads/main\n',
    'app/src/a.js': "import http from 'http'\nnew http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 9 })\n",
  })
  const { code, stdout } = await polypool(['audit', '--format', 'github'], { cwd: path.join(top, 'app') })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^::warning file=app\/src\/a\.js,line=2,col=1,/)
  const { stdout: sarif } = await polypool(['audit', '--format', 'sarif'], { cwd: path.join(top, 'app') })
  expect(sarifErrors(JSON.parse(sarif))).toEqual([])
  expect(sarif).toContain('"uri": "app/src/a.js"')
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readPools } from '../../src/files/load.ts'
import type { FileConfigIssue } from '../../src/files/problems.ts'
import { draws } from '../draws.ts'
import { Workspace } from './workspace.ts'

const seeds: readonly (readonly [string, string])[] = [
  [
    'yaml',
    'pools:\n  default: &d\n    maxConnections: 50\n    hosts: { "a.test": { keepAlive: true } }\n  b: { extends: default, block: no }\n  c: *d\n',
  ],
  [
    'json',
    '{"pools": {"default": {"maxConnections": 50, "hosts": {"a.test": {"keepAlive": true}}}, "b": {"extends": "default"}}}',
  ],
  ['jsonc', '{ // pools\n "pools": {"default": {"maxConnections": 50, /* */ }, "b": {"extends": "default",},} }'],
  ['toml', '[pools.default]\nmaxConnections = 50\nhosts."a.test" = { keepAlive = true }\n[pools.b]\nextends = """default"""\n'],
]

const scraps =
  '" \' { } [ ] : , = . # \n \t \r \0 \uFEFF \u2028 \\ \\u0000 &d *d <<: - ? ! | > --- ... // /* """ \'\'\' __proto__ constructor null .inf 1e999 0x1 %YAML !!binary 2020-01-01'.split(
    ' ',
  )
const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(12), fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 4 }))), {
  maxLength: 6,
})

it.each(seeds)(
  'whatever stands in a .%s file, only config errors come out, each with its place and its fix',
  async (extension, seed) => {
    const workspace = new Workspace()
    const check = async (changes: readonly (readonly [number, number, string])[]) => {
      let text = seed
      for (const [at, length, scrap] of changes) {
        const start = at % (text.length + 1)
        text = text.slice(0, start) + scrap + text.slice(start + length)
      }
      const file = workspace.write(`a.${extension}`, text)
      const error = await readPools({ cwd: workspace.root, file, env: false }).catch((reason: unknown) => reason)
      if (!(error instanceof Error)) return
      expect(error).toMatchObject({ code: 'ERR_POOL_CONFIG' })
      for (const { message, fix, line } of (error as unknown as { issues: readonly FileConfigIssue[] }).issues) {
        expect(fix).not.toBe('')
        expect(message.length).toBeLessThan(1500)
        if (!/empty|no content|not text|deep/.test(message)) expect(line).toBeGreaterThan(0)
      }
    }
    await fc.assert(fc.asyncProperty(edits, check), { numRuns: draws(500) })
    expect(Object.keys(Object.prototype)).toEqual([])
  },
)

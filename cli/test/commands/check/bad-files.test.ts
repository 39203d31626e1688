import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasLinks, hasModes } from '../../../../test/platform.ts'
import { polypool, project } from '../../command.ts'

describe('bad files', () => {
  const refused = async (name: string, content: string | Uint8Array, message: string | RegExp) => {
    const cwd = project({ [name]: content })
    const { code, stdout, stderr } = await polypool(['check', name], { cwd })
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toMatch(message)
    expect(stderr.length).toBeLessThan(20_000)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  }

  it.each([
    ['empty.yaml', '', 'the file is empty'],
    ['blank.json', ' \n', 'the file is empty'],
    ['binary.yaml', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255]), 'the file is not text'],
    ['utf16.json', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'the file is in UTF-16'],
    ['large.yaml', 'a'.repeat(10 * 1024 * 1024), 'the file is larger than 256 KiB'],
    ['broken.yaml', 'pools: {default: {', /broken\.yaml:1:\d+: this is not valid YAML/],
    ['broken.json', '{"pools": }', /broken\.json:1:\d+: this is not valid JSON/],
    ['broken.toml', '[pools\n', /broken\.toml:\d+:\d+: this is not valid TOML/],
    ['duplicate.yaml', 'pools:\n  default:\n    block: true\n    block: false\n', /duplicate\.yaml:4:5: /],
    ['duplicate.json', '{"pools":{"default":{"block":true,"block":false}}}', /duplicate\.json:1:\d+: /],
    ['proto.json', '{"pools":{"default":{"__proto__":{"maxConnections":5}}}}', '__proto__'],
    ['proto.yaml', 'pools: { __proto__: { maxConnections: 5 } }', '__proto__'],
    ['constructor.yaml', 'pools: { default: { constructor: 5 } }', 'constructor'],
    ['array.json', '[]', 'is not a pool config'],
    ['nothing.json', '{}', 'there are no pools'],
    ['null.yaml', 'pools: null', 'is not a set of pools'],
    ['cycle.yaml', 'pools: { a: { extends: b }, b: { extends: a } }', /extends/],
    ['config.ini', '[pools]', 'its extension is not known'],
    ['throws.mjs', "throw new Error('no network')", 'no network'],
    ['syntax.mjs', 'export default {', /syntax\.mjs/],
    ['empty.mjs', 'export const x = 1', /default/],
    ['getter.mjs', 'export default { get pools() { throw new Error("boo") } }', /getter\.mjs/],
    ['deep.json', `${'{"pools":'.repeat(20_000)}1${'}'.repeat(20_000)}`, /deep/],
    ['deep.yaml', `pools: ${'['.repeat(50_000)}`, /deep/],
  ])('%s', (name, content, message) => refused(name, content, message))

  it('a YAML bomb', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (const [index, name] of [...'bcdefghij'].entries()) {
      const before = 'abcdefghi'[index]
      lines.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`)
    }
    return refused('bomb.yaml', `${lines.join('\n')}\npools: *j\n`, 'aliases stand for more than')
  })

  it('thousands of mistakes', () => {
    const many = Array.from({ length: 9000 }, (_, index) => `    key${index}: 1`).join('\n')
    return refused('many.yaml', `pools:\n  default:\n${many}\n`, /^ {2}and \d+ more: mend these first/m)
  })

  it.skipIf(!hasLinks)('a file that is not there, a directory, a loop of links', async () => {
    const cwd = project()
    mkdirSync(path.join(cwd, 'folder.yaml'))
    symlinkSync('loop.yaml', path.join(cwd, 'loop.yaml'))
    const [absent, folder, loop] = await Promise.all(
      ['absent.yaml', 'folder.yaml', 'loop.yaml'].map((name) => polypool(['check', name], { cwd })),
    )
    expect(absent).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('absent.yaml: the file does not exist') })
    expect(folder).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('folder.yaml: it is a directory') })
    expect(loop).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('symbolic links') })
  })

  it.skipIf(!hasModes || process.getuid?.() === 0)('a file that may not be read', async () => {
    const cwd = project({ 'secret.yaml': 'pools: { default: { maxConnections: 50 } }' })
    chmodSync(path.join(cwd, 'secret.yaml'), 0)
    const { code, stderr } = await polypool(['check', 'secret.yaml'], { cwd })
    expect(stderr).toContain('the file may not be read')
    expect(code).toBe(2)
  })

  it('an alias that is harmless is fine', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools:\n  default: &d { maxConnections: 5 }\n  other: *d\n' })
    expect((await polypool(['check'], { cwd })).code).toBe(0)
  })
})

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { project } from '../../cli/test/command.ts'
import { loadPools } from '../../src/files/index.ts'
import { blocks, nameOf } from './blocks.ts'

const shown = blocks.filter(({ language, page }) => language === 'yaml' && !/^docs\/(?:comparison|moves)/.test(page))

/** For other programs: only their form is known here, and what they give to polypool. */
const others = [
  'docs/audit.md#in-ci',
  'docs/audit.md#in-ci',
  'docs/operate.md#in-a-container',
  'docs/past-one-process.md#kubernetes',
]

const isOurs = (code: string) => /^(?:pools|audit|processes):/m.test(code) && !/^ {2}script:/m.test(code)

it.each(shown.map((block) => ({ ...block, where: `${block.page}:${block.line}` })))(
  'the config at $where is valid',
  async ({ code }) => {
    const documents = parseAllDocuments(code)
    expect(documents.flatMap(({ errors }) => errors)).toEqual([])
    if (isOurs(code)) {
      const file = path.join(project(), 'polypool.config.yaml')
      writeFileSync(file, /^pools:/m.test(code) ? code : `${code}pools: { default: {} }\n`)
      const pools = await loadPools({ file, env: { PROXY_PASSWORD: 'secret' }, fleet: () => {} })
      expect(pools.file).toBe(file)
      await pools.close()
    }
    const variables = code.matchAll(/name: (POLYPOOL_\w+), value: "?(\w+)"?/g)
    const env = Object.fromEntries([...variables].map(([, name = '', value = '']) => [name, value]))
    await (await loadPools({ cwd: project(), env })).close()
  },
)

it('what is not for polypool is known', () => {
  expect(shown.filter(({ code }) => !isOurs(code)).map(nameOf)).toEqual(others)
})

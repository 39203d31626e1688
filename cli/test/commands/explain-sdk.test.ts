import { describe, expect, it } from 'vitest'
import { sdkNames, sdks } from '../../src/sdks/index.ts'
import { polypool, project } from '../command.ts'

const explain = (...args: string[]) => polypool(['explain', ...args], { cwd: project() })

describe('explain sdk:<name>', () => {
  it.each(sdkNames)('prints the lines for %s, what holds and the trap', async (name) => {
    const { code, stdout, stderr } = await explain(`sdk:${name}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { title, setup, holds, trap } = sdks[name]
    for (const text of [title, ...holds, trap.says]) expect(stdout).toContain(text)
    for (const line of setup.split('\n')) expect(stdout).toContain(`  ${line}`.trimEnd())
  })

  it('gives the same as JSON', async () => {
    const { stdout } = await explain('sdk:openai', '--json')
    const { title, client, packages, holds } = sdks.openai
    expect(JSON.parse(stdout)).toMatchObject({ sdk: 'openai', title, client, packages, holds })
    expect(JSON.parse(stdout).lines).toContain('await openai.models.list()')
  })

  it.each([
    ['sdk:unknown', `there is no recipe for "unknown": there are ${sdkNames.map((name) => `sdk:${name}`).join(', ')}`],
    ['sdk:', 'there is no recipe for ""'],
    ['sdk:needel', 'there is no recipe for "needel": did you mean needle?'],
    ['stripe', '"stripe" is an SDK: npx @polypool/cli explain sdk:stripe'],
  ])('refuses %s, and says what there is', async (argument, message) => {
    const { code, stderr } = await explain(argument)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it.each([
    ['--config', 'a.yaml'],
    ['--pool', 'payments'],
    ['--url', 'https://api.example.com'],
  ])('refuses %s, of which the lines know nothing', async (option, value) => {
    const { code, stderr } = await explain('sdk:stripe', option, value)
    expect(stderr).toContain(`${option} says nothing of sdk:stripe`)
    expect(code).toBe(2)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../docs/pages.ts'

interface Step {
  readonly uses?: string
  readonly run?: string
}

interface Workflow {
  readonly permissions: { readonly [scope: string]: string }
  readonly jobs: {
    readonly [name: string]: {
      readonly strategy?: { readonly matrix: { readonly os: readonly string[]; readonly node: readonly number[] } }
      readonly steps: readonly Step[]
    }
  }
}

const folder = path.join(root, '.github/workflows')
const read = (name: string) => parse(readFileSync(path.join(folder, name), 'utf8')) as Workflow
const { scripts, engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: { [name: string]: string }
  engines: { node: string }
}

const workflows = readdirSync(folder)
const stepsOf = (name: string) => Object.values(read(name).jobs).flatMap(({ steps }) => steps)

describe.each(workflows)('%s', (name) => {
  it('pins actions by their major, and runs scripts that everybody can run', () => {
    for (const { uses, run = '' } of stepsOf(name)) {
      if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/)
      for (const [, script = ''] of run.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(script)
    }
  })
})

it('every system and every line of Node that is supported is tested', () => {
  const { os, node } = read('ci.yml').jobs.test?.strategy?.matrix ?? { os: [], node: [] }
  expect(os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest'])
  expect(node[0]).toBe(semver.minVersion(engines.node)?.major)
  expect(node).toEqual([20, 22, 24, 26])
})

it('what is released says where it was built', () => {
  expect(read('release.yml').permissions).toEqual({ contents: 'read', 'id-token': 'write' })
  expect(stepsOf('release.yml').map(({ run }) => run)).toContain('npm run release')
  expect(readFileSync(path.join(root, 'scripts/release/main.ts'), 'utf8')).toContain("['--provenance']")
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

type Packages = { readonly [name: string]: string }
interface Manifest {
  readonly dependencies: Packages
  readonly devDependencies: Packages
  readonly peerDependencies: Packages
}

const { dependencies, devDependencies, peerDependencies } = JSON.parse(read('package.json')) as Manifest
const tools = JSON.parse(read('test/tools/fixture/package.json')) as Pick<Manifest, 'dependencies'>
const sdks = JSON.parse(read('test/sdks/fixture/package.json')) as Pick<Manifest, 'dependencies'>
const compared = JSON.parse(read('bench/compare/packages/package.json')) as Pick<Manifest, 'dependencies'>
const cli = JSON.parse(read('cli/package.json')) as Pick<Manifest, 'dependencies'>

/** The packages that a section of docs/dependencies.md gives a reason for. */
function argued(heading: string): string[] {
  const section = read('docs/dependencies.md').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const names = [...section.matchAll(/^\| (?!package |-)([^|]+) \| [^|]+ \|$/gm)].map(([, name = '']) => name)
  return names.flatMap((list) => list.split(', ')).sort()
}

test('every dependency is argued in the docs, and nothing is that is none', () => {
  expect(argued('At run time')).toEqual(Object.keys(dependencies).sort())
  expect(argued('Of the command line')).toEqual(Object.keys(cli.dependencies).sort())
  // Scripts and tests use some of the command line's too.
  const development = Object.keys(devDependencies).filter((name) => !(name in peerDependencies) && !(name in cli.dependencies))
  expect(argued('In development')).toEqual(development.sort())
  expect(argued('SDKs that the recipes are tried with')).toEqual(Object.keys(sdks.dependencies).sort())
  expect(argued('What the benchmark compares with')).toEqual(Object.keys(compared.dependencies).sort())
  expect(argued('Tools that the packages are tried with')).toEqual(Object.keys(tools.dependencies).sort())
})

test('what the root has of the command line is what the command line has', () => {
  const both = Object.entries(cli.dependencies).filter(([name]) => name in devDependencies || name in dependencies)
  for (const [name, range] of both) expect({ [name]: devDependencies[name] ?? dependencies[name] }).toEqual({ [name]: range })
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

type Packages = { readonly [name: string]: string }
const { dependencies, devDependencies, peerDependencies } = JSON.parse(read('package.json')) as {
  dependencies: Packages
  devDependencies: Packages
  peerDependencies: Packages
}

/** The packages that a section of docs/dependencies.md gives a reason for. */
function argued(heading: string): string[] {
  const section = read('docs/dependencies.md').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const names = [...section.matchAll(/^\| (?!package |-)([^|]+) \| [^|]+ \|$/gm)].map(([, name = '']) => name)
  return names.flatMap((list) => list.split(', ')).sort()
}

test('every dependency is argued in the docs, and nothing is that is none', () => {
  expect(argued('At run time')).toEqual(Object.keys(dependencies).sort())
  const development = Object.keys(devDependencies).filter((name) => !(name in peerDependencies))
  expect(argued('In development')).toEqual(development.sort())
})

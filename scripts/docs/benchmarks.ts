import { readFileSync } from 'node:fs'
import { picturesOf } from '../../bench/compare/pictures.ts'
import type { Results } from '../../bench/compare/results.ts'
import { sectionsOf } from '../../bench/compare/tables.ts'
import { root } from '../root.ts'

const data = () => JSON.parse(readFileSync(new URL('docs/benchmarks.json', root), 'utf8')) as Results

/** Tables of what `npm run bench:compare -- --write` has measured. */
export function benchmarkSections(): { readonly file: string; readonly name: string; readonly content: string }[] {
  const sections = sectionsOf(data())
  return Object.entries(sections).map(([name, content]) => ({ file: 'docs/benchmarks.md', name, content }))
}

/** Its plots. */
export function benchmarkPictures(): { readonly file: string; readonly content: string }[] {
  return Object.entries(picturesOf(data())).map(([file, content]) => ({ file: `docs/${file}`, content }))
}

import { readFileSync, writeFileSync } from 'node:fs'

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->` in a file. */
export function writeSection(file: URL, name: string, content: string): void {
  const text = readFileSync(file, 'utf8')
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${file.pathname} has no section ${start} … ${end}`)
  writeFileSync(file, `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`)
}

import { readFileSync, writeFileSync } from 'node:fs'

/** The file's text with `content` between `<!-- name -->` and `<!-- /name -->`. */
export function withSection(file: URL, name: string, content: string): string {
  const text = readFileSync(file, 'utf8')
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${file.pathname} has no section ${start} … ${end}`)
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`
}

export function writeSection(file: URL, name: string, content: string): void {
  writeFileSync(file, withSection(file, name, content))
}

import type { Document } from './document.ts'

export type Format = 'yaml' | 'json' | 'jsonc' | 'toml' | 'module'

/** By extension, in the order in which files are looked for. */
export const formats: ReadonlyMap<string, Format> = new Map([
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.json', 'json'],
  ['.jsonc', 'jsonc'],
  ['.toml', 'toml'],
  ['.ts', 'module'],
  ['.mts', 'module'],
  ['.js', 'module'],
  ['.mjs', 'module'],
])

/** Parsers are loaded when a file needs them: whoever only sends requests has none in memory. */
export async function parseText(format: Exclude<Format, 'module'>, text: string): Promise<Document> {
  switch (format) {
    case 'yaml':
      return (await import('./yaml.ts')).parseYaml(text)
    case 'json':
      return (await import('./json.ts')).parseJson(text)
    case 'jsonc':
      return (await import('./json.ts')).parseJsonc(text)
    case 'toml':
      return (await import('./toml.ts')).parseToml(text)
  }
}

import type { Document } from './document.ts'

export type Format = 'yaml' | 'json' | 'jsonc' | 'json5' | 'toml' | 'module'

/** What config files may be called behind the dot, in the order in which they are looked for: whatever lists names has them from here. */
const byExtension = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  jsonc: 'jsonc',
  json5: 'json5',
  toml: 'toml',
  ts: 'module',
  mts: 'module',
  cts: 'module',
  js: 'module',
  mjs: 'module',
  cjs: 'module',
} as const satisfies { readonly [extension: string]: Format }

export type Extension = keyof typeof byExtension

export const extensions = Object.keys(byExtension) as readonly Extension[]

/** By extension with its dot. */
export const formats: ReadonlyMap<string, Format> = new Map(extensions.map((name) => [`.${name}`, byExtension[name]]))

/** Parsers are loaded when a file needs them: whoever only sends requests has none in memory. */
export async function parseText(format: Exclude<Format, 'module'>, text: string): Promise<Document> {
  switch (format) {
    case 'yaml':
      return (await import('./yaml.ts')).parseYaml(text)
    case 'json':
      return (await import('./json.ts')).parseJson(text)
    case 'jsonc':
      return (await import('./json.ts')).parseJsonc(text)
    case 'json5':
      return (await import('./json.ts')).parseJson5(text)
    case 'toml':
      return (await import('./toml.ts')).parseToml(text)
  }
}

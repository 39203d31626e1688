import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What only Unix has, or has under that name. */
const ofUnix: { readonly [what: string]: RegExp } = {
  'a folder of the system': /['"`]\/(?:tmp|dev|proc|usr|bin|etc)\//,
  'a shell, or a program of Unix':
    /\b(?:spawn|spawnSync|execFile|execFileSync|run)\)?\(\s*['"`](?:sh|bash|npm|npx|which|kill|ls|cat)['"`]/,
  'a script in .bin, which is another on Windows': /\.bin\//,
  'a path of a URL taken for that of a file': /import\.meta\.url\)\.pathname/,
  'a link': /\bsymlink(?:Sync)?\((?!.*'junction'\))/,
  'a mode of a file': /\bchmod(?:Sync)?\(/,
  'a user': /\bset(?:e?uid|e?gid)\b/,
}

/** It names the system that it is for, or asks what it has. */
const says = /\bplatform\b|\b(?:Linux|Unix|Windows|win32)\b/

test('what only Unix has is not used without saying so', () => {
  const files = globSync('{src,adapters,cli,scripts,test,bench,examples}/**/*.{ts,mjs}', {
    cwd: root,
    exclude: ['**/node_modules/**'],
  })
  expect(files.length).toBeGreaterThan(400)
  const found = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    if (says.test(text)) return []
    return Object.entries(ofUnix).flatMap(([what, pattern]) => {
      const line = text.split('\n').findIndex((one) => pattern.test(one) && !/^\s*(?:\/\/|\/?\*)/.test(one))
      return line < 0 ? [] : [`${file}:${line + 1}: ${what}`]
    })
  })
  expect(found).toEqual([])
})

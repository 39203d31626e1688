// Has dist lead to the sources, so that everything in the repository runs by the names that users import, without a build.
// `npm run build` replaces that by what is published; vitest and the scripts of package.json that work on sources put it back.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { distName, entries } from './entries.mjs'

const root = new URL('../../', import.meta.url)
const mark = '// Leads to the source: npm run build makes the real one.\n'

/** Whether there is a build, which does not lead to the sources. */
function isBuilt() {
  const index = new URL('dist/index.mjs', root)
  return existsSync(index) && !readFileSync(index, 'utf8').startsWith(mark)
}

/** Puts modules that lead to the sources in the place of a build. */
export function linkSources() {
  if (isBuilt()) for (const folder of ['dist', 'cli/dist']) rmSync(new URL(folder, root), { recursive: true, force: true })
  for (const folder of ['dist', 'cli/dist']) mkdirSync(new URL(folder, root), { recursive: true })
  for (const source of Object.values(entries)) {
    const path = `.${source}`
    write(`dist/${distName(source)}.mjs`, `${mark}export * from '${path}'\n`)
    write(`dist/${distName(source)}.cjs`, `${mark}module.exports = require('${path}')\n`)
  }
  write('cli/dist/bin.js', `#!/usr/bin/env node\n${mark}import '../src/bin.ts'\n`, { mode: 0o755 })
}

/**
 * @param {string} file
 * @param {string} text
 * @param {import('node:fs').WriteFileOptions} [options]
 */
function write(file, text, options) {
  const url = new URL(file, root)
  // Others may be about to read it.
  if (!existsSync(url) || readFileSync(url, 'utf8') !== text) writeFileSync(url, text, options)
}

// After an installation a build stays: npm runs `prepare` before it packs one, too.
if (process.argv[1]?.endsWith('link-sources.mjs') && (process.argv.includes('--anyway') || !isBuilt())) linkSources()

import { defineConfig } from 'tsdown'
import { ascii } from './scripts/package/ascii.ts'
import { chunks } from './scripts/package/chunks.ts'
import { ordered } from './scripts/package/effects.ts'
import { distName, entries } from './scripts/package/entries.mjs'
import { plainExports } from './scripts/package/plain-exports.ts'

/** Each entry, and what is evaluated in an order that no bundling may change: a file of its own. */
const modules = [...Object.values(entries), ...ordered]

export default defineConfig([
  {
    entry: Object.fromEntries(modules.map((file) => [distName(file), file])),
    format: ['esm', 'cjs'],
    platform: 'node',
    target: 'node20.19',
    dts: true,
    tsconfig: 'tsconfig.build.json',
    // What docstrings say is in the declarations: here they would be a fifth of all that is read to import an adapter.
    outputOptions: { codeSplitting: { groups: chunks }, comments: { jsdoc: false, legal: true, annotation: true } },
    // Short names of variables are scanned faster; what a stack trace tells, which is names of functions and lines, stays as it is.
    minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: false } },
    plugins: [ascii, plainExports],
    hash: false,
    // It is one file, and to find a package takes longer than to read it. What else is asked for when an adapter is imported is the package's own.
    deps: { onlyBundle: ['tiny-lru'] },
  },
  {
    cwd: 'cli',
    entry: 'src/**/*.ts',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Its processes start modules by their place.
    unbundle: true,
    fixedExtension: false,
    // Clients are imported where they are installed.
    deps: { skipNodeModulesBundle: true },
    dts: false,
  },
])

import { defineConfig } from 'tsdown'
import { effectful } from './scripts/package/effects.ts'
import { distName, entries } from './scripts/package/entries.mjs'

/** Each entry, and what has an effect when it is evaluated: a file of its own, in an order that no bundling changes. */
const modules = [...Object.values(entries), ...effectful]

export default defineConfig([
  {
    entry: Object.fromEntries(modules.map((file) => [distName(file), file])),
    format: ['esm', 'cjs'],
    platform: 'node',
    target: 'node20.19',
    dts: true,
    tsconfig: 'tsconfig.build.json',
    // What the readers of config files and what loads them when it is wanted have in common: apart, so that none goes round in a circle.
    outputOptions: { codeSplitting: { groups: [{ name: 'document', test: /src[\\/]files[\\/]formats[\\/]document\.ts$/ }] } },
    hash: false,
    // What is used of it is a hundredth of what would be installed.
    deps: { onlyBundle: ['valibot'] },
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

import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { linkSources } from './scripts/package/link-sources.mjs'
import { LongestFirst } from './test/longest-first.ts'

// Tests are of the sources, whatever was built before.
linkSources()

/** What needs statistics or takes long has it in its name. */
const long = '{test,cli/test}/**/*.long.test.ts'

/** What is tried with other tools, on the packed package. */
const tools = 'test/tools/*.test.ts'

/** The recipes for SDKs, on the SDKs themselves. */
const sdks = 'test/sdks/*.test.ts'

/** Property tests run in both, with all their draws in the long one: see test/draws.ts. */
const drawing = globSync('{test,cli/test}/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes("/draws.ts'"))

/** Who runs the long ones too has nothing of a tenth of the draws before. */
const leftToLong = process.env.TEST_DRAWS === '0' ? drawing : []

/**
 * Has Node itself look for undici, by its name: the conformance suite puts another version in its place by hooks of Node, which would not see a
 * name that vite has resolved.
 */
const undiciByName: Plugin = {
  name: 'undici-by-name',
  enforce: 'pre',
  resolveId: (id) => (id === 'undici' ? '\0undici-by-name' : null),
  load(id) {
    if (id !== '\0undici-by-name') return null
    const names = Object.keys(createRequire(import.meta.url)('undici')).join(', ')
    return `import { createRequire } from 'node:module'
      const undici = createRequire(${JSON.stringify(import.meta.url)})('undici')
      export default undici
      export const { ${names} } = undici`
  },
}

export default defineConfig({
  plugins: [undiciByName],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'usual',
          include: ['{test,cli/test}/**/*.test.ts'],
          exclude: [long, 'test/{tools,sdks}/**', ...leftToLong],
        },
      },
      { extends: true, test: { name: 'long', include: [long, ...drawing], env: { TEST_DRAWS: '1' } } },
      { extends: true, test: { name: 'tools', include: [tools], globalSetup: 'test/tools/setup.ts', testTimeout: 900_000 } },
      { extends: true, test: { name: 'sdks', include: [sdks], globalSetup: 'test/sdks/setup.ts' } },
    ],
    setupFiles: ['test/setup.ts'],
    // Tests start hundreds of processes: what a process costs is for the most part to strip types and to compile, the same each time.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compile', import.meta.url)) },
    // These tell a hang, and nothing about speed: a machine that has thirty times as much to do as it can takes half a minute for a second.
    testTimeout: 300_000,
    // A failure says what it found, however long: what fails in a run elsewhere may not fail here.
    chaiConfig: { truncateThreshold: 0 },
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // Sockets, timers and child processes: files run one beside another, tests within a file in order.
    pool: 'forks',
    // More than there are cores: the tests mostly wait.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
  },
})

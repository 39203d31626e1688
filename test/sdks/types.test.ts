import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'
import { sdkNames, sdks } from '../../cli/src/sdks/index.ts'
import { usageOf } from '../../cli/src/sdks/text.ts'
import { root } from '../../scripts/root.ts'

const at = (file: string) => fileURLToPath(new URL(file, root))

/** As strict as the project itself, but for functions of the lines, which are JavaScript and name no types. */
const tsconfig = {
  extends: at('tsconfig.json'),
  compilerOptions: {
    rootDir: at('.'),
    noImplicitAny: false,
    noUnusedLocals: false,
    typeRoots: [at('node_modules/@types')],
    // One undici, as users have it.
    paths: {
      polypool: [at('src/index.ts')],
      'polypool/*': [at('adapters/*.ts')],
      undici: [at('node_modules/undici/index.d.ts')],
    },
  },
  include: ['*.mts'],
  exclude: [],
}

it('the lines of every recipe are right to the compiler too', async () => {
  const folder = path.join(inject('sdks'), `run-types-${process.pid}`)
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  for (const name of sdkNames) writeFileSync(path.join(folder, `${name}.mts`), `${usageOf(sdks[name])}\nexport {}\n`)
  const compile = promisify(execFile)(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', folder])
  const { stdout } = await compile.catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})

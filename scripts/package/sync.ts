// Writes what the package.json of both packages say of the build, and have in common; with --check, only says whether they do. Part of the build.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { root } from '../root.ts'
import { filesWithEffects } from './effects.ts'
import { derivedFields, readManifest, sharedFields } from './manifest.ts'

const check = process.argv.includes('--check')

const effects = filesWithEffects(new URL('dist/', root))
put('package.json', text({ ...readManifest(), ...derivedFields(effects) }))
put('cli/package.json', text({ ...readManifest('cli/'), ...sharedFields() }))
put('cli/LICENSE', read('LICENSE') ?? '')
// Its licence asks for that where a part of it is taken in.
copyFileSync(new URL('node_modules/tiny-lru/LICENSE', root), new URL('dist/tiny-lru.LICENSE.md', root))

function put(file: string, content: string): void {
  if (read(file) === content) return
  if (!check) return writeFileSync(new URL(file, root), content)
  console.error(`${file} is not in step with the build: npm run manifest`)
  process.exitCode = 1
}

function read(file: string): string | undefined {
  try {
    return readFileSync(new URL(file, root), 'utf8')
  } catch {
    return undefined
  }
}

function text(manifest: object): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

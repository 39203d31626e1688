import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { npm } from '../../scripts/matrix/npm.ts'
import { root } from '../../scripts/root.ts'

export interface Packages {
  readonly [name: string]: string
}

/** Installs these packages into a new folder, as an ES module's, and gives the folder. */
export async function install(folder: string, dependencies: Packages): Promise<string> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-package-lock']
  await npm(['install', '--prefer-offline', ...quiet], pathToFileURL(`${folder}/`))
  return folder
}

/** The clients, in the versions that the project itself is tested with. */
export function clientVersions(): Packages {
  const { peerDependencies, devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    peerDependencies: Packages
    devDependencies: Packages
  }
  const names = Object.keys(peerDependencies).filter((name) => name in devDependencies)
  return Object.fromEntries(names.map((name) => [name, installedVersion(name)]))
}

/** What the project has, to the patch: the registry is not asked which one is the newest. */
export function installedVersion(name: string): string {
  const manifest = new URL(`node_modules/${name}/package.json`, root)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

import { readFileSync } from 'node:fs'

/** This package's version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8')) as { version: string }
  return version
}

/** This package's folder: the build lies one level deeper than the source. */
export function packageRoot(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url)
}

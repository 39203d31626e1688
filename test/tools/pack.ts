import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from '../../scripts/matrix/npm.ts'
import { root } from '../../scripts/root.ts'

/** The tarballs of both packages, as they would be published. */
export interface Tarballs {
  readonly polypool: string
  readonly cli: string
}

/** Builds and packs both packages, and gives copies in that folder: another run may pack again meanwhile. */
export async function pack(into: string): Promise<Tarballs> {
  await npm(['run', '--silent', 'package'], root)
  const copy = (name: string) => {
    const file = path.join(into, name)
    copyFileSync(fileURLToPath(new URL(`.cache/packages/${name}`, root)), file)
    return file
  }
  return { polypool: copy('polypool.tgz'), cli: copy('polypool-cli.tgz') }
}

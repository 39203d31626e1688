import fs from 'node:fs/promises'
import path from 'node:path'
import { type Io, Misuse } from '../../io.ts'

/**
 * Writes a file that the user asked for; one that is there is kept, unless `force` says otherwise.
 * @param name how messages call it
 * @throws Misuse that says why it can't be written
 */
export async function writeUserFile(
  file: string,
  text: string,
  { cwd, force, name = file }: Pick<Io, 'cwd'> & { force: boolean; name?: string },
): Promise<void> {
  try {
    // `wx` refuses in the same step that creates: nothing can come in between.
    await fs.writeFile(path.resolve(cwd, file), text, { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Misuse(`${name} ${problemOf(code)}`, { file, code }, { cause })
  }
}

function problemOf(code: string | undefined): string {
  switch (code) {
    case 'EEXIST':
      return 'is there already: use --force to overwrite it'
    case 'EISDIR':
      return 'is a directory: name a file'
    case 'ENOENT':
    case 'ENOTDIR':
      return "can't be written: its directory does not exist"
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return "can't be written: permission denied"
    default:
      return `can't be written (${code})`
  }
}

/** The schema of the package that the project has installed, seen from a file. */
export function schemaFrom(file: string, cwd: string): string {
  const schema = path.relative(path.dirname(path.resolve(cwd, file)), path.resolve(cwd, 'node_modules/polypool/dist/schema.json'))
  const portable = schema.split(path.sep).join('/')
  return portable.startsWith('.') ? portable : `./${portable}`
}

import fs from 'node:fs'
import path from 'node:path'

/** Tells which files are modules, where `await` may stand outside of functions: by their names, or by the package that they are in. */
export class EsmFinder {
  readonly #known = new Map<string, boolean>()

  isModule(file: string): boolean {
    if (/\.m[jt]sx?$/.test(file)) return true
    return !/\.c[jt]sx?$/.test(file) && this.#isModuleIn(path.dirname(file))
  }

  #isModuleIn(folder: string): boolean {
    const known = this.#known.get(folder)
    if (known !== undefined) return known
    const parent = path.dirname(folder)
    const found = typeIn(path.join(folder, 'package.json')) ?? (parent !== folder && this.#isModuleIn(parent))
    this.#known.set(folder, found)
    return found
  }
}

/** Undefined where there is no package. */
function typeIn(file: string): boolean | undefined {
  try {
    const { type } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly type?: unknown }
    return type === 'module'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : false
  }
}

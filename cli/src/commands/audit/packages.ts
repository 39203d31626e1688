import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Which package of a repository a file is part of: the nearest package.json above it, up to a directory. */
export class Packages {
  readonly #top: string
  readonly #known = new Map<string, string | undefined>()

  constructor(top: string) {
    this.#top = top
  }

  /** Its name, or else its directory; undefined where there is no package.json. */
  of(file: string): string | undefined {
    return this.#at(path.dirname(file))
  }

  #at(directory: string): string | undefined {
    if (this.#known.has(directory)) return this.#known.get(directory)
    const isTop = directory === this.#top || directory === path.dirname(directory)
    const found = this.#named(directory) ?? (isTop ? undefined : this.#at(path.dirname(directory)))
    this.#known.set(directory, found)
    return found
  }

  #named(directory: string): string | undefined {
    try {
      const value: unknown = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'))
      const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined
      return typeof name === 'string' && name !== '' ? name : path.relative(this.#top, directory) || '.'
    } catch {
      return undefined
    }
  }
}

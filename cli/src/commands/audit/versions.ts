import fs from 'node:fs/promises'
import path from 'node:path'

/** Majors of packages as the audited project has them. */
export interface Versions {
  readonly undici?: number | undefined
}

/** Finds which majors of packages a file gets to see: what is installed, or else what its package.json asks for. */
export class VersionFinder {
  readonly #known = new Map<string, Promise<number | undefined>>()

  async for(file: string): Promise<Versions> {
    return { undici: await this.#undiciFrom(path.dirname(file)) }
  }

  #undiciFrom(directory: string): Promise<number | undefined> {
    const known = this.#known.get(directory)
    if (known) return known
    const found = this.#look(directory)
    this.#known.set(directory, found)
    return found
  }

  async #look(directory: string): Promise<number | undefined> {
    const installed = await readJson(path.join(directory, 'node_modules/undici/package.json'))
    const own = await readJson(path.join(directory, 'package.json'))
    const asked = { ...textsOf(own?.devDependencies), ...textsOf(own?.dependencies) }.undici
    const major = majorOf(installed?.version) ?? majorOf(asked)
    const parent = path.dirname(directory)
    return major ?? (parent === directory ? undefined : this.#undiciFrom(parent))
  }
}

async function readJson(file: string): Promise<{ readonly [key: string]: unknown } | undefined> {
  try {
    const value: unknown = JSON.parse(await fs.readFile(file, 'utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function textsOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Of a version or a range that allows one major; undefined for `*`, tags and ranges over several. */
function majorOf(version: unknown): number | undefined {
  if (typeof version !== 'string') return undefined
  const majors = new Set([...version.matchAll(/(?:^|[\s^~=|v>])(\d+)(?:\.|$|\s)/g)].map(([, major]) => Number(major)))
  const [only] = majors
  const isOpen = version.lastIndexOf('>') > version.lastIndexOf('<')
  return majors.size === 1 && !isOpen ? only : undefined
}

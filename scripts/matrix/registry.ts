import { npm } from './npm.ts'

/** What the registry knows of a package. */
export interface Published {
  readonly versions: readonly string[]
  /** `engines.node` of those that were asked for, where they declare it. */
  readonly engines: { readonly [version: string]: string }
}

export async function versionsOf(name: string): Promise<string[]> {
  return (await view(name, 'versions')) as string[]
}

export async function enginesOf(name: string, versions: readonly string[]): Promise<Published['engines']> {
  const declared = await view(`${name}@${versions.join(' || ')}`, 'version', 'engines')
  // Bare versions where none declares anything, and no list for one.
  const entries = [declared].flat() as (string | { version: string; engines?: { node?: string } })[]
  return Object.fromEntries(
    entries.flatMap((entry) =>
      typeof entry === 'object' && entry.engines?.node !== undefined ? [[entry.version, entry.engines.node]] : [],
    ),
  )
}

async function view(...what: readonly string[]): Promise<unknown> {
  return JSON.parse(await npm(['view', ...what, '--json']))
}

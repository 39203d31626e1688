import * as nodeModule from 'node:module'
import type { AnyAdapter, ClientSource, ConformanceClient } from './client.ts'
import { drivers } from './clients/index.ts'

/** One source per driver, with the packages under their own names. */
export const usualSources: readonly ClientSource[] = drivers.map(({ name }) => ({ driver: name }))

/** Imports a client's package and adapter. Rejects if the package is not installed. */
export async function loadClient(source: ClientSource): Promise<ConformanceClient> {
  const driver = drivers.find(({ name }) => name === source.driver)
  if (!driver) throw new Error(`there is no client "${source.driver}": use ${drivers.map(({ name }) => name).join(', ')}`)
  for (const [name, replacement] of Object.entries(source.alias ?? {})) replaceModule(name, replacement)
  const specifier = source.module ?? (driver.module && (source.alias?.[driver.module] ?? driver.module))
  const adapterModule = `polypool/${driver.adapter}`
  const [adapter, module] = await Promise.all([
    import(adapterModule) as Promise<AnyAdapter>,
    specifier === null ? null : (import(specifier) as Promise<unknown>),
  ])
  return { name: sourceName(source), driver, adapter, module, source }
}

/** `got`, or `got:got14` for another version under an alias. */
export function parseSource(text: string): ClientSource {
  const [driver = '', module] = text.split(':')
  if (module === undefined) return { driver }
  const usual = drivers.find(({ name }) => name === driver)
  // The undici drivers and adapters must meet the same undici, so the package itself is replaced.
  return usual?.family === 'undici' ? { driver, alias: { undici: module } } : { driver, module }
}

export function sourceName({ driver, module, alias }: ClientSource): string {
  const version = module ?? alias?.undici
  return version === undefined ? driver : `${driver}:${version}`
}

/** Before anything imports it: a module that is loaded stays. */
function replaceModule(name: string, replacement: string): void {
  nodeModule.registerHooks({
    resolve: (specifier, context, next) => {
      const replaced = specifier === name || specifier.startsWith(`${name}/`)
      return next(replaced ? replacement + specifier.slice(name.length) : specifier, context)
    },
  })
}

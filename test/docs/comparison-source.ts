// Lets an example import polypool as its readers do, and gives it the source: there need be no build.
import { registerHooks } from 'node:module'

const pace = { factor: 1 }

/** Makes every time in the examples that are imported from here on so many times as long: on a machine that is busy. */
export function slowExamples(factor: number): void {
  pace.factor = factor
}

/** Of `4000` and `'4s'`. */
function slowed(source: string): string {
  return source
    .replace(/\b(\d)000\b/g, (_, seconds) => `${Number(seconds) * pace.factor * 1000}`)
    .replace(/'(\d)s'/g, (_, seconds) => `'${Number(seconds) * pace.factor}s'`)
}

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    const isExample = url.includes('/examples/comparison/') && loaded.source !== undefined && loaded.source !== null
    return isExample ? { ...loaded, source: slowed(Buffer.from(loaded.source as Uint8Array).toString()) } : loaded
  },
  resolve: (specifier, context, next) => {
    const adapter = /^polypool\/(.+)$/.exec(specifier)?.[1]
    return adapter === undefined
      ? next(specifier, context)
      : { url: new URL(`../../adapters/${adapter}.ts`, import.meta.url).href, shortCircuit: true }
  },
})

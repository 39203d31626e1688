// Lets an example import polypool as its readers do, and gives it the source: there need be no build.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) => {
    const adapter = /^polypool\/(.+)$/.exec(specifier)?.[1]
    return adapter === undefined
      ? next(specifier, context)
      : { url: new URL(`../../adapters/${adapter}.ts`, import.meta.url).href, shortCircuit: true }
  },
})

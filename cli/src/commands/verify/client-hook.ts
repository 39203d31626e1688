// Imported with `?project=<file>&packages=<names>`: from then on polypool finds these packages where that file would.
import * as nodeModule from 'node:module'
import { pathToFileURL } from 'node:url'
import { packageRoot, polypoolFile } from '../../version.ts'

const { searchParams } = new URL(import.meta.url)
const project = searchParams.get('project') ?? ''
const packages = (searchParams.get('packages') ?? '').split(',')
const parentURL = pathToFileURL(project).href
const require = nodeModule.createRequire(project)
const own = [packageRoot, new URL('./', polypoolFile('package.json'))].map(({ href }) => href)

nodeModule.registerHooks({
  resolve(specifier, context, next) {
    const parent = context.parentURL ?? ''
    const fromPolypool = own.some(
      (folder) => parent.startsWith(folder) && !parent.slice(folder.length).startsWith('node_modules/'),
    )
    const wanted = packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
    if (!fromPolypool || !wanted) return next(specifier, context)
    // For `require` Node does not look at the context, only at who asks.
    if (context.conditions.includes('require')) {
      return { url: pathToFileURL(require.resolve(specifier)).href, shortCircuit: true }
    }
    return next(specifier, { ...context, parentURL })
  },
})

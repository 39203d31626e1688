// Runs one example of the docs, given as page, language and index, as a reader would: with a server on loopback in the place of those that it names.
// Prints what the server was asked for. Ends by itself only if the example leaves nothing open.
import { once } from 'node:events'
import https from 'node:https'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { probeCertificate, probeKey } from '../../cli/src/conformance/probe/certificates.ts'
import { fences, pages, read, root } from './pages.ts'

const [page = '', language = '', index = '', afterwards = ''] = process.argv.slice(2)

const asked: string[] = []
const server = https.createServer({ key: probeKey, cert: probeCertificate }, (request, response) => {
  asked.push(request.url ?? '')
  response.end('[]')
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
server.unref()

/** It lies beside this module, so that it finds the clients that the repository has. */
function urlOf(of: string, written: string, at: number): string {
  const url = pathToFileURL(path.join(root, 'example.mjs'))
  url.search = new URLSearchParams({ page: of, language: written, index: String(at) }).toString()
  return url.href
}

/** `./api.mjs` is the example that begins with its name. */
function exampleNamed(name: string): string {
  for (const one of pages) {
    const at = fences(read(one), 'js').findIndex((code) => code.startsWith(`// ${name}`))
    if (at >= 0) return urlOf(one, 'js', at)
  }
  throw new Error(`no example begins with // ${name}`)
}

function sourceOf(url: URL): string {
  const { page: of = '', language: written = '', index: at } = Object.fromEntries(url.searchParams)
  const code = fences(read(of), written)[Number(at)]
  if (code === undefined) throw new Error(`${of} has no example ${at}`)
  return code.replaceAll(/https:\/\/api\.(?:payments\.example|example\.com)/g, origin)
}

const entries: { readonly [name: string]: string } = {
  polypool: 'src/index.ts',
  'polypool/dialects': 'src/dialects/index.ts',
  'polypool/otel': 'src/observe/otel.ts',
  'polypool/prometheus': 'src/observe/prometheus.ts',
}

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.includes('example.mjs?')) return { url: specifier, shortCircuit: true }
    if (/^\.\/\w+\.mjs$/.test(specifier) && context.parentURL?.includes('example.mjs?'))
      return { url: exampleNamed(specifier.slice(2)), shortCircuit: true }
    const entry = entries[specifier] ?? (specifier.startsWith('polypool/') ? `adapters/${specifier.slice(9)}.ts` : undefined)
    if (entry !== undefined) return { url: pathToFileURL(path.join(root, entry)).href, shortCircuit: true }
    return next(specifier, context)
  },
  load(url, context, next) {
    if (!url.includes('example.mjs?')) return next(url, context)
    const source = sourceOf(new URL(url))
    return { format: 'module', source: language === 'ts' ? stripTypeScriptTypes(source) : source, shortCircuit: true }
  },
})

const example = (await import(urlOf(page, language, Number(index)))) as { readonly [name: string]: unknown }
if (afterwards !== '') {
  const AsyncFunction = (async () => {}).constructor as new (...code: string[]) => (...args: unknown[]) => Promise<unknown>
  await new AsyncFunction('example', 'origin', afterwards)(example, origin)
}
process.once('beforeExit', () => console.log(`\n${JSON.stringify(asked)}`))

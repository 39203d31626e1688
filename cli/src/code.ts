import { type ClientName, clients, literal } from 'polypool/internal'

/** Code with a pool made from this config. */
export function pooledCode(client: ClientName, config: object): string {
  const { imports, use } = clients[client].recipe
  const create = `const pool = createPool(${Object.keys(config).length === 0 ? '' : inCode(literal(config))})`
  return lines([...imports, `import { createPool } from 'polypool/${client}'`], [create, ...use])
}

/**
 * Code with a pool of a config file.
 * @param file as `loadPools` is to be told; undefined where it finds the file by itself
 */
export function loadedCode(client: ClientName, pool: string, file?: string): string {
  const { imports, use } = clients[client].recipe
  const name = pool === 'default' ? '' : `, ${literal(pool)}`
  const own = [...imports, "import { loadPools } from 'polypool'", `import * as adapter from 'polypool/${client}'`]
  const load = `const pools = await loadPools(${file === undefined ? '' : `{ file: ${literal(file)} }`})`
  return lines(own, [load, `const pool = pools.open(adapter${name})`, ...use])
}

/** Code without polypool, from the settings that the adapter's `translate` gives. */
export function nativeCode(client: ClientName, settings: unknown): string {
  const { imports, code } = clients[client].recipe.native(settings as never)
  return lines(imports, code.map(inCode))
}

/** Values that a config file fills in, as code: there it is a template that fills itself in. */
export function inCode(code: string): string {
  return code.replaceAll(/'([^'\n]*)\$\{PROXY_PASSWORD\}([^'\n]*)'/g, '`$1${encodeURIComponent(process.env.PROXY_PASSWORD)}$2`')
}

function lines(imports: readonly string[], code: readonly string[]): string {
  return `${[...imports, '', ...code].join('\n')}\n`
}

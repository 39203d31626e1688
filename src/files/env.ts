import { fieldNames, fields } from '../config/fields.ts'
import type { PoolConfigField } from '../config/types.ts'
import { adviceFor } from '../config/unknown-names.ts'
import { conceal } from '../config/values.ts'
import { list, oneOf } from '../text/list.ts'
import { meantBy, nearest } from '../text/similar.ts'
import type { Problems, Trouble } from './problems.ts'
import { processesVariable } from './processes.ts'
import { readFields, type Settings } from './settings.ts'
import { defaultPool } from './source.ts'

const prefix = 'POLYPOOL_'

/** What stands beside the fields of pools. */
const forAll = processesVariable.slice(prefix.length)

/** `maxConnections` is `MAX_CONNECTIONS`. */
const variables: ReadonlyMap<string, PoolConfigField> = new Map(fieldNames.map((field) => [capitals(field), field]))

// Kubernetes sets these in every container for a service that is called polypool or polypool-…; no field has such a name.
const ofKubernetes =
  /^POLYPOOL_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

// Names of services have at most 63 characters; the bound keeps hostile names cheap.
function isOfKubernetes(variable: string): boolean {
  return variable.length <= 128 && ofKubernetes.test(variable)
}

/** The variable that sets a field of a pool. */
export function variableFor(pool: string, field: PoolConfigField): string {
  return pool === defaultPool ? prefix + capitals(field) : `${prefix}${capitals(pool)}__${capitals(field)}`
}

/**
 * What the environment sets, by pool: `POLYPOOL_<FIELD>` for the default pool, `POLYPOOL_<POOL>__<FIELD>` for a named one.
 * Any other variable of that prefix is a mistake: a limit that silently does not hold is worse than a start that fails.
 */
export function readEnvironment(
  env: { readonly [variable: string]: string | undefined },
  pools: readonly string[],
  problems: Problems,
): Map<string, Settings> {
  const found = new Map<string, Settings>()
  for (const variable of Object.keys(env).sort()) {
    const text = env[variable]
    if (!variable.startsWith(prefix) || text === undefined || isOfKubernetes(variable)) continue
    if (variable === processesVariable) continue
    const target = targetOf(variable, pools)
    if ('problem' in target) {
      // The value of what nobody knows may be a secret, and errors are logged.
      problems.add({ variable }, target)
      continue
    }
    const { pool, field } = target
    const settings = readVariable(variable, text, pool, field, problems)
    const earlier = found.get(pool)?.get(field)?.origin
    if (earlier?.from === 'env') {
      problems.add(
        { variable },
        {
          problem: `${earlier.variable} sets the same field of pool ${pool}`,
          fix: 'keep one of them',
          value: conceal(field, text),
        },
      )
    } else found.set(pool, new Map([...(found.get(pool) ?? []), ...settings]))
  }
  return found
}

function readVariable(variable: string, text: string, pool: string, field: PoolConfigField, problems: Problems): Settings {
  const origin = { from: 'env', pool, variable } as const
  if (text.trim() === '') {
    problems.add({ variable }, { problem: 'it is set but empty', fix: 'give it a value, or unset it', value: text })
    return new Map()
  }
  return readFields(
    { [field]: valueIn(text.trim(), field) },
    () => origin,
    ({ problem, fix }) => {
      problems.add({ variable }, { problem, fix: inCapitals(fix, pool), value: conceal(field, text) })
    },
  )
}

/** Environment variables are all strings: numbers and booleans are told by how they look, items of a list are set apart by commas or spaces. */
function valueIn(text: string, field: PoolConfigField): unknown {
  if (fields[field].kind === 'list') return text === 'env' ? text : text.split(/[\s,]+/).filter((item) => item !== '')
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  return text
}

function targetOf(
  variable: string,
  pools: readonly string[],
): { readonly pool: string; readonly field: PoolConfigField } | Trouble {
  const rest = variable.slice(prefix.length)
  const split = rest.lastIndexOf('__')
  const pool = split < 0 ? defaultPool : findPool(rest.slice(0, split), rest.slice(split), pools)
  if (typeof pool !== 'string') return pool
  const name = split < 0 ? rest : rest.slice(split + 2)
  const field = variables.get(name)
  if (field === 'hosts') return { problem: "overrides by host can't be set by a variable", fix: 'write hosts in the config file' }
  if (name === forAll) return { problem: 'the number of processes is that of all pools', fix: `set ${processesVariable}` }
  return field === undefined ? unknownField(name, pool, pools) : { pool, field }
}

/** A pool by its name in capitals, where case and separators are lost. */
function findPool(name: string, ending: string, pools: readonly string[]): string | Trouble {
  const exact = pools.filter((pool) => capitals(pool) === name)
  const matching = exact.length > 0 ? exact : pools.filter((pool) => bare(pool) === bare(name))
  const [found, other] = matching
  if (found === undefined) {
    const meant = nearest(name, pools)
    const fix = meant ? `did you mean ${prefix}${capitals(meant)}${ending}?` : `the pools are ${list(pools)}`
    return { problem: `there is no pool ${name}`, fix }
  }
  if (other === undefined) return found
  return { problem: `it may mean pool ${oneOf(matching)}`, fix: 'rename one of them' }
}

function unknownField(name: string, pool: string, pools: readonly string[]): Trouble {
  const names = [...variables.keys()].filter((variable) => variable !== 'HOSTS')
  if (nearest(name, [forAll, ...names]) === forAll)
    return { problem: 'unknown variable', fix: `did you mean ${processesVariable}?` }
  const meant = meantBy(name, names)
  if (meant) return { problem: 'unknown variable', fix: `did you mean ${variableFor(pool, variables.get(meant) ?? 'hosts')}?` }
  const meantPool = pools.find((known) => known !== defaultPool && name.startsWith(`${capitals(known)}_`))
  const rest = meantPool && name.slice(capitals(meantPool).length + 1)
  const field = rest ? variables.get(rest) : undefined
  if (meantPool && field)
    return { problem: 'unknown variable', fix: `two underscores follow the pool: ${variableFor(meantPool, field)}` }
  // Also names of other vocabularies, such as POLYPOOL_MAX_SOCKETS.
  const said = adviceFor(name, fieldNames)
  const guess = /^unknown field: (use .*)$/.exec(said)
  if (guess) return { problem: 'unknown variable', fix: inCapitals(guess[1] ?? '', pool) }
  const advice = /^(that is .*): (.*)$/.exec(said)
  if (advice) return { problem: advice[1] ?? '', fix: inCapitals(advice[2] ?? '', pool) }
  return { problem: 'unknown variable', fix: `the fields are ${list(names, names.length)}` }
}

/** Advice that names fields, in the words of the environment: `set block: false` is `set POLYPOOL_BLOCK=false`. */
function inCapitals(text: string, pool: string): string {
  const names = fieldNames.filter((field) => field !== 'hosts')
  // One that is a word of English is meant where it is to be set.
  const [words, others] = [names.filter((name) => !/[A-Z]/.test(name)), names.filter((name) => /[A-Z]/.test(name))]
  const value = '(?:: (?=false|true|\\d|"))'
  return text.replace(
    new RegExp(`\\b(${others.join('|')})\\b(${value})?|(?<=\\b(?:use|set|write|mean) )(${words.join('|')})\\b(${value})?`, 'g'),
    (_, other?: PoolConfigField, after?: string, word?: PoolConfigField, afterWord?: string) =>
      `${variableFor(pool, other ?? word ?? 'hosts')}${after || afterWord ? '=' : ''}`,
  )
}

/** `maxConnections` and `max-connections` are `MAX_CONNECTIONS`. */
function capitals(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
}

function bare(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toUpperCase()
}

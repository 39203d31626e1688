import { choice, type OptionRule, type OptionRules, poolOptionRules, readOptions } from '../config/options.ts'
import { show } from '../text/show.ts'
import type { LoadPoolsOptions } from './load.ts'
import type { OpenOptions } from './openable.ts'

function rule(is: OptionRule['is'], what: string): OptionRule {
  return { is, explain: (value) => `${show(value)} is not what it takes: use ${what}` }
}

const loading: OptionRules<LoadPoolsOptions> = {
  place: 'the argument of loadPools',
  example: '{ watch: true }',
  rules: {
    cwd: rule(isText, 'a path of a directory'),
    file: rule((value) => isText(value) || value instanceof URL, 'a path or a URL of a file'),
    env: rule((value) => value === false || isObject(value), 'an object such as process.env, or false'),
    // What is in it is checked with the file, so that all mistakes are told together.
    pools: rule(() => true, 'pools by name'),
    processes: rule(() => true, 'their number'),
    watch: choice,
    fleet: rule((value) => typeof value === 'function', '(pool, config) => joinFleet(pool, { ...config, store })'),
  },
  field: (name) => `write pools: { default: { ${name}: … } }`,
}

/** The options of loadPools, checked. */
export function readLoadOptions(options: unknown): LoadPoolsOptions {
  return readOptions(options, loading)
}

const opening: OptionRules<OpenOptions> = {
  place: 'the last argument of pools.open',
  example: '{ shared: false }',
  rules: { ...poolOptionRules, shared: choice },
  hint: ' (options of the client go third)',
  field: () => 'it is a limit and goes into the config file, or into the pools of loadPools',
}

/** The options of `pools.open`, checked. */
export function readOpenOptions(options: unknown): OpenOptions {
  return readOptions(options, opening)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

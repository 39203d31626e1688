import { assertFreeForAgent, assertFreeForUndici, type ClientName, clients, fieldDefaults, type Maker } from 'polypool/internal'
import { allCarriers, creations, sharedSettings } from './clients.ts'
import type { Fields, Made, Value } from './values.ts'

type Options = { [option: string]: unknown }

/** A part of the settings that the source does not tell: a value, or what a spread may bring. */
export type Gap = Value | Fields

/** Leaves a gap's option out. */
export const leaveOut = Symbol('leave out')

/** The settings as the client itself would be given them, with each gap filled by `fill`. */
export function nativeOf(value: Value, fill: (gap: Gap) => unknown): unknown {
  switch (value.kind) {
    case 'plain':
      return value.value
    case 'items':
      return value.items.map((item) => nativeOf(item, fill))
    case 'fields':
      return optionsOf(value, fill)
    case 'chooser': {
      const [plain, secure] = [nativeOf(value.http, fill), nativeOf(value.https, fill)]
      return ({ protocol }: { protocol: string }) => (protocol === 'https:' ? secure : plain)
    }
    case 'made':
      return instanceOf(value, fill)
    case 'unknown':
      return isEnvironment(value) ? process.env : fill(value)
  }
}

/** The variables of the process as a whole: `proxyEnv: process.env`. */
export function isEnvironment({ kind, source }: Value): boolean {
  return kind === 'unknown' && source === 'process.env'
}

function optionsOf(value: Fields, fill: (gap: Gap) => unknown): Options {
  const options: Options = {}
  const spread = value.open.length > 0 ? fill(value) : undefined
  // Options are spread, and not agents.
  if (isObject(spread) && !('getCurrentStatus' in spread)) Object.assign(options, spread)
  for (const [name, one] of value.fields) {
    const content = nativeOf(one, fill)
    if (content === leaveOut) delete options[name]
    // Defined and not assigned: `__proto__` is a name like any other.
    else Object.defineProperty(options, name, { value: content, enumerable: true, configurable: true, writable: true })
  }
  return options
}

const holders = [...allCarriers, 'http', 'https']

function holdsAgents(value: unknown): boolean {
  return isObject(value) && holders.some((name) => name in value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** What stands for an instance, by what makes it. */
const instances: { readonly [reference: string]: Maker['instance'] } = {
  ...Object.fromEntries(Object.entries(creations).map(([reference, { instance }]) => [reference, instance])),
  ...Object.fromEntries(sharedSettings.map(({ reference, instance }) => [reference, instance])),
}

function instanceOf({ creation, options }: Made, fill: (gap: Gap) => unknown): unknown {
  // What holds agents can't be among the options of one.
  const content = nativeOf(options, (gap) => {
    const filling = fill(gap)
    return holdsAgents(filling) ? leaveOut : filling
  })
  if (content === leaveOut) return content
  const given = (isObject(content) ? content : { uri: content }) as Options
  return instances[creation]?.(given) ?? given
}

/** What a client goes by where nothing is set at all. */
export function nothingSet(client: ClientName): unknown {
  return clients[client].source.nothingSet()
}

/** An option of an agent or dispatcher that says how to connect, and not how to pool. */
export function isPassedOn(option: string, family: 'node' | 'undici'): boolean {
  try {
    // Only `connect` is looked into.
    if (family === 'undici') assertFreeForUndici({ [option]: option === 'connect' ? {} : 1 }, fieldDefaults)
    else assertFreeForAgent({ [option]: 1 })
    return true
  } catch {
    return false
  }
}

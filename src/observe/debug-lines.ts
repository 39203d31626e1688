import { formatDuration } from '../config/durations.ts'
import { fieldNames } from '../config/fields.ts'
import { formatValue } from '../config/format.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import { visible } from '../text/show.ts'
import { type ChannelMessages, type ChannelName, type PoolMessage, subscribe } from './channels.ts'

const ms = (time: number) => formatDuration(Math.round(time))
const requests = (count: number) => (count === 1 ? '1 request' : `${count} requests`)

/** What each decision is, and why. Origins hold no credentials, and configs none of a proxy's. */
const lines: { readonly [N in ChannelName]: (message: ChannelMessages[N]) => string } = {
  'polypool:connection:open': ({ origin, connectTime, protocol, ahead }) =>
    `open ${origin}: connected within ${ms(connectTime)} by ${protocol}${ahead ? ', ahead of requests' : ''}`,
  'polypool:connection:close': ({ origin, reason, age, uses, connectTime }) =>
    `close ${origin}: ${reason}, after ${ms(age)} and ${requests(uses)}${connectTime === undefined ? ', never connected' : ''}`,
  'polypool:acquire:wait': ({ origin, pending, field, limit }) =>
    `wait ${origin}: ${field} is ${limit}, ${requests(pending)} pending`,
  'polypool:acquire:grant': ({ origin, waited, uses, streams }) =>
    `grant ${origin}: ${uses === 1 ? 'a new connection' : `its connection's request ${uses}`}${streams === 1 ? '' : `, of ${streams} at a time`}${waited === 0 ? '' : ` after ${ms(waited)}`}`,
  'polypool:acquire:timeout': ({ origin, waited, error }) => `timeout ${origin}: ${error.code} after ${ms(waited)}`,
  'polypool:acquire:reject': ({ origin, error }) => `reject ${origin}: ${error.code}`,
  'polypool:acquire:abort': ({ origin, waited }) => `abort ${origin}: given up after ${ms(waited)}`,
  'polypool:pool:create': ({ client, config }) =>
    `create for ${client}: maxConnections ${formatValue('maxConnections', config.maxConnections)}`,
  'polypool:pool:reconfigure': ({ config, before }) => `reconfigure: ${changes(before, config) || 'nothing changed'}`,
  'polypool:pool:close': () => 'closed',
  'polypool:fleet:join': ({ fleet }) => `joins the fleet ${fleet.name}`,
  'polypool:fleet:lease': ({ fleet, before }) =>
    `lease of the fleet ${fleet.name}: ${before.lease} → ${fleet.lease}, wants ${fleet.want}${fleet.learning ? ', while the store learns' : ''}`,
  'polypool:fleet:lost': ({ fleet, silent }) =>
    `lost its lease of the fleet ${fleet.name}: nothing heard for ${ms(silent)}, ${fleet.floor} left`,
  'polypool:fleet:leave': ({ fleet }) => `leaves the fleet ${fleet.name}`,
}

function changes(before: ResolvedPoolConfig, after: ResolvedPoolConfig): string {
  const shown = fieldNames.map((field) => [field, formatValue(field, before[field]), formatValue(field, after[field])])
  return shown.flatMap(([field, old, now]) => (old === now ? [] : `${field} ${old} → ${now}`)).join(', ')
}

/** Pools without a name are numbered as they come. */
const numbers = new WeakMap<object, number>()
let last = 0

function nameOf({ pool, name }: PoolMessage): string {
  if (name !== undefined) return visible(name)
  const number = numbers.get(pool) ?? ++last
  numbers.set(pool, number)
  return `#${number}`
}

let printing = false

/** Prints a line for each decision of every pool if NODE_DEBUG names polypool. */
export function printDecisions(): void {
  if (printing) return
  printing = true
  const debug = process.getBuiltinModule('node:util').debuglog('polypool')
  if (!debug.enabled) return
  for (const [name, line] of Object.entries(lines) as [ChannelName, (message: never) => string][]) {
    subscribe(name, (message) => debug('%s', `${nameOf(message)} ${line(message as never)}`))
  }
}

import type { Note } from 'polypool'
import { type ClientName, clients } from 'polypool/internal'
import { carriersOf, ownFieldsOf } from '../../reading/javascript/clients.ts'
import { isPassedOn } from '../../reading/javascript/native.ts'
import type { Place } from '../../reading/javascript/places.ts'
import { instancesIn, type Value, writtenAs } from '../../reading/javascript/values.ts'

/** An option's name and its source; what a spread brings has no name. */
type Option = readonly [name: string | undefined, source: string]

/** Options of the client itself, besides those that carry agents. */
export function ownOptions({ client, settings, implicit }: Place): Option[] {
  if (implicit || settings.kind !== 'fields') return []
  const { open, source } = settings
  // With several spreads only the object as it stands keeps their order.
  if (open.length > 1 && source !== '') return [[undefined, `...${source}`]]
  const taken = [...carriersOf(client), ...ownFieldsOf(client), 'http', 'https']
  const own = [...settings.fields].filter(([name]) => !taken.includes(name))
  const isOverridable = (value: Value) => value.kind === 'unknown' && value.fallback !== undefined
  const written = ([name, value]: [string, Value]): Option => [name, writtenAs(value)]
  return [
    ...own.filter(([, value]) => isOverridable(value)).map(written),
    ...open.map((spread): Option => [undefined, spread]),
    ...own.filter(([, value]) => !isOverridable(value)).map(written),
  ]
}

export interface NativeOptions {
  /** The second argument of createPool; empty if there is none. */
  readonly text: string
  /** Options that are in it, as notes name them. */
  readonly carried: readonly string[]
  /** Options that the target has no place for. */
  readonly left: readonly string[]
}

/** How the old agents or dispatchers were told to connect, for the target. */
export function nativeOptions({ settings }: Place, target: ClientName): NativeOptions {
  const toUndici = clients[target].engine === 'undici-dispatcher'
  const connect = new Map<string, string>()
  const others = new Map<string, string>()
  const carried: string[] = []
  const left: string[] = []
  for (const { creation, options } of instancesIn(settings)) {
    if (options.kind !== 'fields') continue
    const fromUndici = creation.startsWith('undici#')
    for (const [name, value] of options.fields) {
      if (!isPassedOn(name, fromUndici ? 'undici' : 'node')) continue
      if (fromUndici && name === 'connect' && value.kind === 'fields') {
        for (const [inner, one] of connectOptions(value)) {
          connect.set(inner, writtenAs(one))
          carried.push(`connect.${inner}`)
        }
      } else if (!fromUndici || toUndici) {
        const group = fromUndici ? others : connect
        group.set(name, writtenAs(value))
        carried.push(name)
      } else left.push(name)
    }
  }
  if (toUndici && connect.size > 0) others.set('connect', object(connect))
  return { text: object(toUndici ? others : connect), carried, left }
}

/** What undici's connector is told besides what the pool's config says. */
function connectOptions(value: Extract<Value, { kind: 'fields' }>): [string, Value][] {
  return [...value.fields].filter(([name]) => isPassedOn(name, 'node') && name !== 'keepAliveInitialDelay')
}

/** Notes on options: nothing of those that the code takes along, and for the others that they do not move. */
export function withoutCarried(notes: readonly Note[], place: Place, target: ClientName): Note[] {
  const { carried, left } = nativeOptions(place, target)
  const own = ownOptions(place).flatMap(([name]) => name ?? [])
  const lost = [...left, ...(place.client === target ? [] : own)]
  const told = new Set([...carried, ...own, ...left])
  const spreads = instancesIn(place.settings).flatMap(({ options }) =>
    options.kind === 'fields' ? options.open : [options.source],
  )
  return [
    ...notes.filter(({ field }) => !told.has(field)),
    ...[...new Set(spreads)].map(
      (field): Note => ({
        field,
        support: 'unsupported',
        message:
          'what it brings is unknown: options for connecting, such as those for TLS, go into the second argument of createPool',
      }),
    ),
    ...lost.map(
      (field): Note => ({
        field,
        support: 'unsupported',
        message: `an option of ${place.client} that is not about pools: it does not move to ${target}, look for what stands for it there`,
      }),
    ),
  ]
}

function object(options: ReadonlyMap<string, string>): string {
  const text = [...options].map(([name, source]) => property(name, source)).join(', ')
  return text === '' ? '' : `{ ${text} }`
}

export function property(name: string, source: string): string {
  if (isName(name)) return name === source ? name : `${name}: ${source}`
  return `${JSON.stringify(name)}: ${source}`
}

export function isName(name: string | undefined): name is string {
  return name !== undefined && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)
}

import { type ClientName, clientNames, clients } from 'polypool/internal'
import { Misuse } from '../../io.ts'
import { allCarriers, isConfigured } from '../../reading/javascript/clients.ts'
import type { Place } from '../../reading/javascript/places.ts'
import { fieldsValue, itemsValue, plainValue, type Value } from '../../reading/javascript/values.ts'
import { redactData } from '../../reading/shared/secrets.ts'

/** Settings as JSON, or undefined if the text is no JSON object or array: then it is a source. */
export function parseSettings(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Places from settings as JSON: one object, or a list of them. */
export function placesInSettings(file: string, data: unknown, only?: ClientName): Place[] {
  const list = Array.isArray(data) ? data : [data]
  return list.map((settings: unknown, index): Place => {
    const where = Array.isArray(data) ? `item ${index + 1}` : 'settings'
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
      throw new Misuse(`${file}: ${where} must be an object of settings`, { file })
    }
    const client = only ?? detect(settings)
    if (client === undefined) {
      throw new Misuse(`${file}: can't tell whose settings these are: say it with --from <client>`, { file })
    }
    return { client, file, line: 1, column: 1, label: where, settings: settingsOf(settings, client), implicit: false, also: [] }
  })
}

/** Whose names settings use; those that decide alone come first, and of them those of a client's instance. */
const marked = clientNames.toSorted((a, b) => weight(b) - weight(a))

function weight(client: ClientName): number {
  return 2 * Number(clients[client].source.marks.alone) + Number(isConfigured(client))
}

function detect(settings: object): ClientName | undefined {
  const { agent, http, https } = settings as { [name: string]: unknown }
  if (isObject(agent)) return 'http' in agent || 'https' in agent ? 'got' : 'node-fetch'
  const own = marked.find((client) => clients[client].source.marks.names.some((name) => Object.hasOwn(settings, name)))
  if (own !== undefined) return own
  for (const inner of [https, http]) if (isObject(inner)) return detect(inner)
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The options of an agent become an agent, so that they are read with its defaults. */
function settingsOf(settings: object, client: ClientName): Value {
  const value = valueFrom(redactData(settings, deepest))
  if (value.kind !== 'fields') return value
  const { maker: creation } = clients[client].source
  const made = (options: Value): Value =>
    options.kind === 'fields'
      ? { kind: 'made', creation, start: 0, options, source: options.source, size: options.size }
      : options
  const carried = [...allCarriers.filter((name) => name !== 'agent'), 'http', 'https']
  const inner = (name: string, one: Value): Value => {
    if (carried.includes(name)) return made(one)
    if (name !== 'agent' || one.kind !== 'fields') return one
    const pair = one.fields.has('http') || one.fields.has('https')
    return pair ? mapped(one, (scheme, agent) => (carried.includes(scheme) ? made(agent) : agent)) : made(one)
  }
  const isAgent = ![...carried, 'agent'].some((name) => value.fields.has(name))
  return isAgent && !isConfigured(client) ? made(value) : mapped(value, inner)
}

function mapped(value: Extract<Value, { kind: 'fields' }>, change: (name: string, value: Value) => Value): Value {
  return fieldsValue(new Map([...value.fields].map(([name, one]) => [name, change(name, one)])), [], value.source)
}

/** More than any settings have. */
const deepest = 20

function valueFrom(data: unknown, depth = 0): Value {
  if (typeof data !== 'object' || data === null) return plainValue(data as string | number | boolean | null, JSON.stringify(data))
  if (depth === deepest) throw new Misuse('these settings are nested too deeply')
  const inner = (one: unknown) => valueFrom(one, depth + 1)
  if (Array.isArray(data)) return itemsValue(data.map(inner), JSON.stringify(data))
  return fieldsValue(new Map(Object.entries(data).map(([name, one]) => [name, inner(one)])), [], JSON.stringify(data))
}

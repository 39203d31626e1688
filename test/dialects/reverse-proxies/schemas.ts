import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { parse } from 'yaml'

/** Names and types of the messages of Envoy's API: `repeated envoy.…`, `map …`, `google.protobuf.Duration`, `string`. */
interface EnvoyApi {
  readonly messages: { readonly [message: string]: { readonly [field: string]: string } }
  readonly enums: { readonly [name: string]: readonly string[] }
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8'))
}

const api = read('envoy.json') as EnvoyApi
const rule = new Ajv({ strict: true, allErrors: true }).compile(read('istio.json') as object)

/** What is wrong with a bootstrap of Envoy, by its API. */
export function envoyProblems(code: string): string[] {
  return problemsOf('envoy.config.bootstrap.v3.Bootstrap', parse(code), '')
}

/** What is wrong with a DestinationRule, by its custom resource. */
export function istioProblems(code: string): string[] {
  rule(parse(code))
  return (rule.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const scalars: { readonly [type: string]: (value: unknown) => boolean } = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  uint32: isUint32,
  'google.protobuf.UInt32Value': isUint32,
  'google.protobuf.BoolValue': (value) => typeof value === 'boolean',
  'google.protobuf.Duration': (value) => typeof value === 'string' && /^\d+(\.\d{1,9})?s$/.test(value),
}

function isUint32(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 4_294_967_295
}

function problemsOf(type: string, value: unknown, at: string): string[] {
  if (type.startsWith('repeated ')) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    return value.flatMap((item, index) => problemsOf(type.slice('repeated '.length), item, `${at}[${index}]`))
  }
  const isScalar = scalars[type]
  if (isScalar !== undefined) return isScalar(value) ? [] : [`${at}: ${JSON.stringify(value)} is no ${type}`]
  const choices = api.enums[type]
  if (choices !== undefined) return choices.includes(String(value)) ? [] : [`${at}: ${JSON.stringify(value)} is no ${type}`]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`]
  if (type.startsWith('map ')) {
    return Object.entries(value).flatMap(([key, part]) => problemsOf(type.slice('map '.length), part, `${at}.${key}`))
  }
  const { '@type': address, ...fields } = value as { '@type'?: string; [field: string]: unknown }
  const name = type === 'google.protobuf.Any' ? String(address).replace('type.googleapis.com/', '') : type
  const message = api.messages[name]
  if (message === undefined) return [`${at}: there is no ${name}`]
  return Object.entries(fields).flatMap(([field, part]) => {
    const known = message[field]
    return known === undefined ? [`${at}: ${name} has no ${field}`] : problemsOf(known, part, `${at}.${field}`)
  })
}

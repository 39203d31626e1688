import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
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

/** What the custom resource of each version of Istio allows, read as strictly as `kubectl --validate=strict` reads it. */
const rules = Object.entries(read('istio.json') as { readonly [version: string]: object }).map(
  ([version, spec]): [string, ValidateFunction] => [version, rulesOf(spec)],
)

function rulesOf(spec: object): ValidateFunction {
  const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true })
  ajv.addFormat('int32', { type: 'number', validate: (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31 })
  ajv.addKeyword({
    keyword: 'x-kubernetes-validations',
    type: 'string',
    validate: (checks: readonly { readonly rule: string }[], value: string) => checks.every(({ rule }) => holds(rule, value)),
  })
  const name = { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }
  return ajv.compile(
    closed({
      type: 'object',
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      properties: {
        apiVersion: { const: 'networking.istio.io/v1' },
        kind: { const: 'DestinationRule' },
        metadata: { type: 'object', required: ['name'], properties: { name } },
        spec,
      },
    }),
  )
}

/** The one rule that there is. */
function holds(rule: string, value: string): boolean {
  if (rule !== "duration(self) >= duration('1ms')") throw new Error(`a rule that is not known: ${rule}`)
  const [, seconds = Number.NaN] = /^(\d+(?:\.\d+)?)s$/.exec(value) ?? []
  return Number(seconds) >= 0.001
}

/** With no fields but those that it names. */
function closed(schema: object): object {
  const parts = Object.entries(schema).map(([key, part]) => [
    key,
    typeof part === 'object' && part !== null && !Array.isArray(part) ? closed(part) : part,
  ])
  return { ...Object.fromEntries(parts), ...('properties' in schema && 'type' in schema && { additionalProperties: false }) }
}

/** What is wrong with a bootstrap of Envoy, by its API. */
export function envoyProblems(code: string): string[] {
  return problemsOf('envoy.config.bootstrap.v3.Bootstrap', parse(code), '')
}

/** What is wrong with a DestinationRule, by the custom resource of the first version that it is written for, and of a later one. */
export function istioProblems(code: string): string[] {
  return rules.flatMap(([version, rule]) => {
    rule(parse(code))
    return (rule.errors ?? []).map(({ instancePath, message }) => `${version}: ${instancePath} ${message}`)
  })
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

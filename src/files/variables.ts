import { plainEntries } from '../config/plain-object.ts'
import { type ProxyServer, readProxyUrl, showProxyUrl } from '../config/proxies/proxy-server.ts'
import { setOwn } from './formats/document.ts'
import type { Trouble } from './problems.ts'
import { type FieldTrouble, splitProblem } from './settings.ts'

export interface Variables {
  readonly [name: string]: string | undefined
}

/**
 * The fields of a pool, their `proxy` (also that of hosts) with its `${VARIABLE}` filled in, so that no password need stand in a file. In no other
 * field has `${` a meaning. What is wrong is reported, and left out.
 */
export function withVariables(fields: object, env: Variables, report: (trouble: FieldTrouble) => void): object {
  const filled = withProxy(fields, ['proxy'], env, report)
  const hosts = plainEntries(Object.entries(filled).find(([key]) => key === 'hosts')?.[1])
  if (hosts === undefined) return filled
  const overrides = hosts.map(([host, override]) => {
    const given = plainEntries(override) === undefined ? undefined : (override as object)
    return [host, given && withProxy(given, ['hosts', host, 'proxy'], env, report), override] as const
  })
  if (overrides.every(([, now, before]) => now === undefined || now === before)) return filled
  return objectOf([
    ...Object.entries(filled).filter(([key]) => key !== 'hosts'),
    ['hosts', objectOf(overrides.map(([host, now, before]) => [host, now ?? before] as const))],
  ])
}

function withProxy(fields: object, at: readonly string[], env: Variables, report: (trouble: FieldTrouble) => void): object {
  const entries = Object.entries(fields)
  const template: unknown = entries.find(([key]) => key === 'proxy')?.[1]
  if (typeof template !== 'string' || !template.includes('${')) return fields
  const filled = fill(template, env)
  const others = entries.filter(([key]) => key !== 'proxy')
  if ('server' in filled) return objectOf([...others, ['proxy', filled.server]])
  report({ at, path: at.join('.'), value: showProxyUrl(template), ...filled })
  return objectOf(others)
}

function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of entries) setOwn(object, key, value)
  return object
}

/** `$${` is a plain `${`; `${` without a name and an end is a mistake. */
const placeholder = /(\$?)\$\{(?:([A-Za-z_]\w*)\})?/g

/** The proxy that an URL with variables in it names. No message tells what the variables hold. */
export function fill(template: string, env: Variables): { readonly server: ProxyServer } | Trouble {
  const shown = showProxyUrl(template)
  // What stands before it is user and password, where a character of the variable's must not end them.
  const credentialsEnd = template.lastIndexOf('@')
  let trouble: Trouble | undefined
  const url = template.replace(placeholder, (text: string, escaped: string, name: string | undefined, at: number) => {
    const within = at < credentialsEnd
    if (escaped !== '') {
      const plain = text.slice(1)
      return within ? encodeURIComponent(plain) : plain
    }
    const value = name === undefined ? undefined : env[name]
    if (name === undefined)
      trouble ??= { problem: `${shown} holds \${ without a name and }`, fix: 'write ${NAME}, or $${ for the text ${' }
    else if (value === undefined || value === '') {
      const fix = `set ${name} where this runs, or write $\${${name}} if that text is meant`
      trouble ??= { problem: `the variable ${name} is ${value === undefined ? 'not set' : 'empty'}`, fix }
    }
    return within ? encodeURIComponent(value ?? '') : (value ?? '')
  })
  if (trouble !== undefined) return trouble
  const read = readProxyUrl(url, `${shown}, with its variables filled in,`)
  if ('server' in read) return read
  return splitProblem(read.problem)
}

import { show } from './vocabulary.ts'

/** `maxConnections`, `hosts["api.test"].keepAlive`; keys that are no words are quoted and shortened. */
export function pathOf(parent: string, key: string): string {
  if (parent === 'hosts') return `hosts[${show(key)}]`
  const name = /^[\w$-]{1,60}$/.test(key) ? key : show(key)
  return parent === '' ? name : `${parent}.${name}`
}

import { show, showName } from '../text/show.ts'

/** `maxConnections`, `hosts["api.test"].keepAlive`; keys that are no words are quoted and shortened. */
export function fieldPath(parent: string, key: string): string {
  if (parent === 'hosts') return `hosts[${show(key)}]`
  const name = showName(key)
  return parent === '' ? name : `${parent}.${name}`
}

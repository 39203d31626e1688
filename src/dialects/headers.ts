import { plainEntries, plainItems } from '../config/plain-object.ts'
import { show } from '../text/show.ts'
import type { SettingsReader } from './settings-reader.ts'

/** Reads headers, a mapping or lines such as `Name: value`; true if they ask that connections are closed after use. */
export function closesByHeader(reader: SettingsReader, key: string, form: 'mapping' | 'lines'): boolean {
  const given = reader.raw(key)
  if (given === undefined || given === null) return false
  const headers = form === 'lines' ? plainItems(given)?.map(splitLine) : plainEntries(given)
  if (headers === undefined) {
    const example = form === 'lines' ? 'a list such as ["Connection: close"]' : 'an object such as { "Connection": "close" }'
    reader.fail(key, `${show(given)} is no set of headers: use ${example}`)
    return false
  }
  let closes = false
  for (const [name, value] of headers) {
    if (typeof value !== 'string') reader.fail(key, `the header ${show(name)} has no text as its value: use a string`, given)
    else if (name.toLowerCase() !== 'connection') reader.note(key, 'unsupported', `${key}: ${elsewhere(name)}`)
    else if (/(^|,)\s*close\s*(,|$)/i.test(value.slice(0, 100))) closes = true
    else reader.note(key, 'native', `${key}: the header Connection: ${show(value)} is needless, connections are kept anyway`)
  }
  return closes
}

function elsewhere(name: string): string {
  return name.toLowerCase() === 'keep-alive'
    ? 'Keep-Alive is no header of requests that servers heed: how long connections are kept is keepAliveExpiry'
    : `the header ${show(name)} is no setting of a pool: send it with the requests`
}

function splitLine(line: unknown): readonly [name: string, value: unknown] {
  if (typeof line !== 'string') return ['', line]
  const colon = line.indexOf(':')
  return colon < 0 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

import { plainItems } from '../config/plain-object.ts'
import { show } from '../text/show.ts'
import type { SettingsReader } from './settings-reader.ts'

/** Where nobody says when probes begin, the system does: Linux after two hours. */
const systemDelay = 7_200_000

/**
 * TCP probes by `socket_options`, a list of `(level, option, value)` in which constants of Python's `socket` stand by their names;
 * undefined where it says nothing of them.
 */
export function readProbes(reader: SettingsReader): number | false | undefined {
  const value = reader.raw('socket_options')
  if (value === undefined || value === null) return undefined
  const items = plainItems(value)?.map((one) => plainItems(one) ?? [])
  if (items === undefined || items.some(({ length }) => length < 3)) {
    reader.fail('socket_options', `${show(value)} is no list of options: each is a tuple (level, option, value)`)
    return undefined
  }
  const given = (names: readonly string[]) => items.findLast(([, option]) => names.some((name) => isOption(option, name)))?.[2]
  const on = given(['SO_KEEPALIVE'])
  if (on === undefined) return undefined
  if (!on) return false
  const seconds = given(['TCP_KEEPIDLE', 'TCP_KEEPALIVE'])
  return typeof seconds === 'number' && seconds > 0 ? Math.round(seconds * 1000) : systemDelay
}

function isOption(option: unknown, name: string): boolean {
  return option === name || option === `socket.${name}`
}

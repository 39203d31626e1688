import { show } from '../../text/show.ts'
import type { SettingsReader } from '../settings-reader.ts'

/** A switch of libcurl: 1 or 0, True or False. */
export function flag(reader: SettingsReader, key: string): boolean {
  const value = reader.has(key) ? reader.raw(key) : reader.default(key)
  if (value !== true && value !== false && value !== 0 && value !== 1)
    reader.fail(key, `${show(value)} is neither 1 nor 0: use one of them`)
  return Boolean(value)
}

import type { ParsedPoolConfig } from '../../config/parse.ts'
import { tenYears } from '../demands.ts'
import type { HttpxSettings } from '../httpx/settings.ts'
import { writeAs } from '../httpx/write.ts'
import type { Written } from '../losses.ts'
import { defaults } from './defaults.ts'

export function write(parsed: ParsedPoolConfig): Written<HttpxSettings> {
  return writeAs({ name: 'requestx', protocols: false, defaults, forever: tenYears }, parsed)
}

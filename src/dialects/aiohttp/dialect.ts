import type { Dialect } from '../types.ts'
import { read } from './read.ts'
import type { AiohttpSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** aiohttp: the TCPConnector and ClientTimeout of a ClientSession. */
export const aiohttp: Dialect<AiohttpSettings> = { name: 'aiohttp', support, read, write }

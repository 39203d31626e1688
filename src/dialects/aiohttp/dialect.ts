import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import type { AiohttpSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** aiohttp: the TCPConnector and ClientTimeout of a ClientSession. */
export const aiohttp: Library<AiohttpSettings> = { support, callables, read, write }

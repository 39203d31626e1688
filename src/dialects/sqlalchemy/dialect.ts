import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import type { SqlalchemySettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** SQLAlchemy: the QueuePool of an engine. */
export const sqlalchemy: Library<SqlalchemySettings> = { support, callables, read, write }

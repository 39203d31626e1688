import type { Dialect } from '../types.ts'
import { read } from './read.ts'
import type { SqlalchemySettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** SQLAlchemy: the QueuePool of an engine. */
export const sqlalchemy: Dialect<SqlalchemySettings> = { name: 'sqlalchemy', support, read, write }

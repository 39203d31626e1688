import type { Callables } from '../callables.ts'
import { httpxNames } from '../httpx/callables.ts'

export const callables: Callables = { names: httpxNames }

import type { ReverseProxyFolder } from '../reverse-proxy.ts'
import { support } from './support.ts'
import { facts, write } from './write.ts'

/** HAProxy: a frontend and a backend, which stand alone or beside others. */
export const haproxy: ReverseProxyFolder = { support, write, facts }

import type { ReverseProxyFolder } from '../reverse-proxy.ts'
import { support } from './support.ts'
import { facts, write } from './write.ts'

/** nginx: an upstream and a server, for the http section. */
export const nginx: ReverseProxyFolder = { support, write, facts }

import type { ReverseProxyFolder } from '../reverse-proxy.ts'
import { support } from './support.ts'
import { facts, write } from './write.ts'

/** Envoy: a bootstrap with one listener and one cluster. */
export const envoy: ReverseProxyFolder = { support, write, facts }

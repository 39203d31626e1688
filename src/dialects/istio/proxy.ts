import type { ReverseProxyFolder } from '../reverse-proxy.ts'
import { support } from './support.ts'
import { facts, write } from './write.ts'

/** Istio: a DestinationRule, which sidecars obey. */
export const istio: ReverseProxyFolder = { support, write, facts }

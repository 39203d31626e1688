//! undici 7
import { Agent } from 'undici'

export const dispatcher = new Agent({ connections: 10, clientTtl: 60_000 }) //! client-ttl

//! undici 8
import { Agent } from 'undici'

const dispatcher = new Agent({ connections: 5 })
export const load = (url) => fetch(url, { dispatcher }) //! fetch-dispatcher

//! undici 8
import { Agent, fetch } from 'undici'

const dispatcher = new Agent({ connections: 5 })
export const load = (url) => fetch(url, { dispatcher })

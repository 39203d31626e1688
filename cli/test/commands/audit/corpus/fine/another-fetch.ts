import { fetch } from './own-fetch.ts'

export const load = (agent: object) => fetch('https://x.test', { agent })
export const given = (get: typeof fetch, agent: object) => get('https://x.test', { agent })

import https from 'node:https'
import got from 'got'

const agent = new https.Agent({ keepAlive: true, maxSockets: 5 })
export const api = got.extend({ agent } as never) //! got-raw-agent
export const once = () => got.get('https://x.test', { agent } as never) //! got-raw-agent

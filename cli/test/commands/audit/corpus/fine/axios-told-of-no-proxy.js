import https from 'node:https'
import axios from 'axios'

axios.defaults.proxy = false
const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 5 })
export const api = axios.create({ httpsAgent })

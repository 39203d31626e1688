import * as http from 'node:http'
import axios from 'axios'
import * as axiosPool from 'polypool/axios'

const pool = axiosPool.createPool({ maxConnections: 2 }, { rejectUnauthorized: true })
const api = axios.create(pool.options)
export const text: Promise<string> = api.get<string>('http://localhost/').then(({ data }) => data)
export const once = axios.get('http://localhost/', { ...pool.options, timeout: 100 })
export const agent = new http.Agent(axiosPool.translate().settings.httpAgent)
export const { config } = axiosPool.readSettings(api)

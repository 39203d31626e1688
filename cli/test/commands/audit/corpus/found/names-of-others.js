import http from 'node:http'
import axios from 'axios'
import nodeFetch from 'node-fetch'
import { Agent } from 'undici'

const agent = new http.Agent({ keepAlive: true, maxSockets: 5, freeSocketTimeout: 4000 }) //! ignored-option
export const dispatcher = new Agent({ connections: 5, maxSockets: 5 }) //! ignored-option
export const one = () => fetch('http://x.test', { agent }) //! ignored-option
export const two = () => axios.get('http://x.test', { agent }) //! ignored-option
export const three = () => nodeFetch('http://x.test', { httpAgent: agent }) //! ignored-option

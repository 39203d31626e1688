import http from 'node:http'
import https from 'node:https'
import fetch from 'node-fetch'

const limits = {
  keepAlive: true,
  maxTotalSockets: 20, // of each agent
  maxSockets: 8,
  maxFreeSockets: 4,
  timeout: 4000, // idle; on an active connection it emits 'timeout'
}
const agents = { 'http:': new http.Agent(limits), 'https:': new https.Agent(limits) }

export async function get(url) {
  const response = await fetch(url, { agent: ({ protocol }) => agents[protocol] })
  return response.text()
}

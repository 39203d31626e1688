import https from 'node:https'
import express from 'express'
import axios from 'axios'

let agent
const byHost = new Map()

function agentOf(host) {
  let found = byHost.get(host)
  if (!found) {
    found = new https.Agent({ keepAlive: true, maxSockets: 5 })
    byHost.set(host, found)
  }
  return found
}

const app = express()
app.get('/a', async (req, res) => {
  agent ??= new https.Agent({ keepAlive: true, maxSockets: 20 })
  res.json((await axios.get('https://a.test', { httpsAgent: agent, proxy: false })).data)
})
app.get('/b', async (req, res) => {
  if (!agent) agent = new https.Agent({ keepAlive: true, maxSockets: 20 })
  res.json((await axios.get('https://b.test', { httpsAgent: agent, proxy: false })).data)
})
app.get('/c/:host', async (req, res) => {
  res.json((await axios.get(`https://${req.params.host}`, { httpsAgent: agentOf(req.params.host), proxy: false })).data)
})

import https from 'node:https'
import express from 'express'
import axios from 'axios'

const app = express()

async function load(id) {
  const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 5 }) //! client-per-request
  const user = await axios.get(`https://users.test/${id}`, { httpsAgent, proxy: false })
  const orders = await axios.get(`https://orders.test/${id}`, { httpsAgent, proxy: false })
  return { user: user.data, orders: orders.data }
}

app.get('/users/:id', async (req, res) => {
  res.json(await load(req.params.id))
})

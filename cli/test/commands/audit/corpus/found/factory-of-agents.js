import https from 'node:https'
import express from 'express'
import axios from 'axios'

function agentFor() {
  return new https.Agent({ keepAlive: true, maxSockets: 5 }) //! client-per-request
}

const router = express.Router()
router.post('/charge', async (req, res) => {
  const { data } = await axios.post('https://pay.test/charges', req.body, { httpsAgent: agentFor(), proxy: false })
  res.json(data)
})

export default router

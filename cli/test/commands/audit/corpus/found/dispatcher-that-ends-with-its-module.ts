import express from 'express'
import { Agent, request } from 'undici'

await using dispatcher = new Agent({ connections: 5 }) //! disposed-at-load

const app = express()
app.get('/', async (req, res) => {
  const { body } = await request('https://x.test', { dispatcher })
  res.send(await body.text())
})
app.listen(8080)

import express from 'express'
import axios from 'axios'

const app = express()
app.get('/a', async (req, res) => {
  const api = axios.create({ baseURL: 'https://api.test', headers: { id: req.get('id') } })
  res.json([(await api.get('/1')).data, (await api.get('/2')).data])
})

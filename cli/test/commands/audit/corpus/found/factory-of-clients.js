import https from 'node:https'
import axios from 'axios'

const client = () => {
  const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 5 }) //! client-per-request
  return axios.create({ baseURL: 'https://api.test', httpsAgent, proxy: false })
}

export async function GET() {
  const api = client()
  const [one, two] = await Promise.all([api.get('/1'), api.get('/2')])
  return Response.json([one.data, two.data])
}

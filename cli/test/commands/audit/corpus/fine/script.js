import https from 'node:https'
import axios from 'axios'

async function main() {
  const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 10 })
  const { data } = await axios.get('https://api.test', { httpsAgent, proxy: false })
  console.log(data)
}

main()

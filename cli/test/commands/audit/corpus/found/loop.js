import https from 'node:https'
import axios from 'axios'

const answers = []
for (const url of process.argv.slice(2)) {
  const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 5 }) //! client-per-request
  answers.push(await axios.get(url, { httpsAgent, proxy: false }))
}
console.log(answers.length)

const https = require('https')
const axios = require('axios')

module.exports.fetchPage = async function (url, insecure) {
  const config = { timeout: 5000, proxy: false }
  if (insecure) {
    config.httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 5, rejectUnauthorized: false }) //! client-per-request
  }
  const answer = await axios.get(url, config)
  return answer.data
}

const https = require('https')
const axios = require('axios')

exports.order = async (id) => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 5, timeout: 4000 }) //! client-per-request
  const { data } = await axios.get(`https://api.test/orders/${id}`, { httpsAgent: agent, proxy: false })
  return data
}

const https = require('https')
const axios = require('axios')

const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 20, timeout: 4000 })

exports.load = (url) => axios.get(url, { httpsAgent, proxy: false })
exports.handler = async (event, context) => (await axios.get(event.url, { httpsAgent, proxy: false })).data

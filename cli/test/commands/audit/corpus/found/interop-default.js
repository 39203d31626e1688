const ns = require('https')
const axios = require('axios')

const https = ns.default || ns

exports.load = (url) => axios.get(url, { httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 5 }), proxy: false }) //! client-per-request

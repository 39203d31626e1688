// How each client is given a pool: from the client, what sends a request by a pool and gives the body of its answer.
const http = require('node:http')
const { text } = require('node:stream/consumers')

exports.undici =
  ({ request }) =>
  (pool) =>
  async (url) => {
    const { body } = await request(url, { ...pool.options })
    return body.text()
  }

exports.fetch = () => (pool) => async (url) => {
  const response = await pool.fetch(url)
  return response.text()
}

exports.axios = (axios) => (pool) => {
  const api = axios.create(pool.options)
  return async (url) => (await api.get(url)).data
}

exports.got = (got) => (pool) => {
  const api = got.extend(pool.options)
  return (url) => api(url).text()
}

exports.nodeFetch = (fetch) => (pool) => async (url) => {
  const response = await fetch(url, { ...pool.options })
  return response.text()
}

exports.nodeHttp = () => (pool) => (url) =>
  new Promise((resolve, reject) => {
    http.get(url, { agent: pool.options.http }, (response) => resolve(text(response))).on('error', reject)
  })

// The tests of each kind of test file, which differ in how they come by their modules.
const { writeFileSync } = require('node:fs')
const { measure } = require('../measure.cjs')
const senders = require('../senders.cjs')

/**
 * @param polypool the package's main entry
 * @param adapters by client
 * @param packages the clients themselves
 * @param again loads the modules once more, as `jest.isolateModules` does
 */
exports.suite = (polypool, adapters, { axios, undici }, again) => {
  const clients = {
    'node-http': { adapter: adapters.nodeHttp, send: senders.nodeHttp() },
    agentkeepalive: { adapter: adapters.agentkeepalive, send: senders.nodeHttp() },
    axios: { adapter: adapters.axios, send: senders.axios(axios) },
    undici: { adapter: adapters.undici, send: senders.undici(undici) },
    fetch: { adapter: adapters.fetch, send: senders.fetch() },
  }

  test('pools keep their caps', async () => {
    writeFileSync(process.env.POLYPOOL_TOLD, JSON.stringify(await measure(clients, polypool)))
  })

  test('another copy of the package knows its errors and shares its limits', async () => {
    const other = again()
    expect(other.polypool.isPoolError).not.toBe(polypool.isPoolError)
    const pool = adapters.nodeHttp.createPool({ maxConnections: 7 })
    const sharing = other.nodeHttp.createPool(pool)
    expect(sharing.config.maxConnections).toBe(7)
    expect(other.nodeHttp.readSettings(pool.options).config.maxConnections).toBe(7)
    await Promise.all([pool.close(), sharing.close()])
    const error = await senders
      .nodeHttp()(pool)('http://127.0.0.1:9/')
      .catch((reason) => reason)
    expect(other.polypool.isPoolError(error, 'ERR_POOL_CLOSED')).toBe(true)
  })
}

// What every program does, whichever tool has made it: it is told where the servers are, and tells what it saw. They count.

/** More than the two connections that every pool may have, and than the queue that one of them may. */
const requests = 12

/**
 * @param clients by name, each with its adapter and what sends a request by a pool: `send(pool)` gives `get(url)`
 * @param polypool the package's main entry
 */
exports.measure = async (clients, { loadPools, isPoolError }) => {
  const { urls, files } = JSON.parse(process.env.POLYPOOL_PLAN ?? process.argv[2])
  const told = { clients: {}, files: {} }
  for (const [name, { adapter, send }] of Object.entries(clients)) {
    told.clients[name] = await caps(adapter, send, urls[name]).catch(({ code, message }) => ({ code, message }))
  }
  const [[, { adapter, send }]] = Object.entries(clients)
  for (const [format, file] of Object.entries(files)) {
    told.files[format] = await fromFile(adapter, send, file, urls[format]).catch(({ code, message }) => ({ code, message }))
  }
  return told

  async function caps(adapter, send, url) {
    const pool = adapter.createPool({ maxConnections: 2 })
    const answers = await right(send(pool), url)
    pool.reconfigure({ maxPending: 1 })
    const crowd = await Promise.allSettled(paths(url).map(send(pool)))
    const refused = crowd.filter(({ reason }) => isPoolError(reason, 'ERR_POOL_QUEUE_FULL')).length
    await pool.close()
    return { answers, refused, read: adapter.readSettings(pool.options).config.maxConnections }
  }

  async function fromFile(adapter, send, file, url) {
    const pools = await loadPools({ file, env: false })
    const answers = await right(send(pools.open(adapter)), url)
    await pools.close()
    return { answers }
  }
}

const paths = (url) => Array.from({ length: requests }, (_, at) => `${url}${at}`)

/** How many of many requests at once are answered with their own path. */
async function right(get, url) {
  const answers = await Promise.all(paths(url).map(get))
  return answers.filter((answer, at) => answer === `/${at}`).length
}

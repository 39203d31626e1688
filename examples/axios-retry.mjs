import axios, { isAxiosError } from 'axios'

const idempotent = /^(get|head|options|put|delete)$/i

// Without interceptors: a repeated request is not prepared a second time, nor sent a third time.
const bare = axios.create()

/**
 * Makes axios send an idempotent request once more if the server closed the reused connection that it was sent on.
 *
 * @param {import('axios').AxiosInstance} api
 */
export function retryStale(api) {
  api.interceptors.response.use(undefined, (error) => {
    if (!isAxiosError(error) || error.config === undefined || error.response !== undefined) throw error
    const { code, config, request } = error
    // If axios follows redirects, the request of node:http is inside one of its own.
    const sent = request?._currentRequest ?? request
    const lost = sent?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE')
    const replayable = idempotent.test(config.method ?? 'get') && typeof config.data?.pipe !== 'function'
    if (!lost || !replayable) throw error
    return bare.request(config)
  })
}

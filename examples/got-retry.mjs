/** Makes got send an idempotent request again, at once, if its connection was closed; nothing else is retried. */
export const retryStale = {
  limit: 2,
  methods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'],
  errorCodes: ['ECONNRESET', 'EPIPE'],
  statusCodes: [],
  // 0 means no retry; got's own delay would be a second.
  calculateDelay: ({ computedValue }) => Math.min(computedValue, 1),
}

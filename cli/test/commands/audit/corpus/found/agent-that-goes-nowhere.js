import https from 'node:https'

// The agent is not used at all, and so is none for a single request.
export const load = (url) => fetch(url, { agent: new https.Agent({ keepAlive: true, maxSockets: 5 }) }) //! ignored-option

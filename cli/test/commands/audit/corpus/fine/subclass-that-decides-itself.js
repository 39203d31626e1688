import https from 'node:https'

class Own extends https.Agent {
  constructor(options) {
    super({ keepAlive: true, maxSockets: 5, ...options })
  }
}

export const agent = new Own()

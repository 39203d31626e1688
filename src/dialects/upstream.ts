import { unsupported } from './expression.ts'

/** What no proxy before one upstream has. */
export const oneUpstream = {
  minIdleConnectionsPerHost: unsupported('a connection is opened when a request needs it, never ahead'),
  maxHosts: unsupported('there is one upstream'),
  keepAliveHintMargin: unsupported("a server's `Keep-Alive: timeout=N` is not heeded"),
  proxy: unsupported('the upstream is reached directly'),
  noProxy: unsupported('the upstream is reached directly'),
  maxConnectionsPerProxy: unsupported('the upstream is reached directly'),
  maxStreamsPerConnection: unsupported('a connection carries one request at a time'),
  pingInterval: unsupported('HTTP/1.1 has no pings'),
  hosts: unsupported("what is set for the upstream's host holds; other hosts need a section of their own"),
} as const

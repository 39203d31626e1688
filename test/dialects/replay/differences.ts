import type { Difference } from './difference.ts'

const stale = {
  connectionsOpened: 2,
  requestsServed: 3,
  okRequests: 2,
  idleAfterBurst: 1,
  errors: 'none',
  requestsPerConnection: [2, 1],
  'marks.idle200': [1],
} as const

const staleError = {
  connectionsOpened: 1,
  requestsServed: 2,
  okRequests: 1,
  idleAfterBurst: 0,
  errors: '1 disconnected',
  requestsPerConnection: [2],
  'marks.idle200': [0],
} as const

/** Every place where polypool means to do something else than a library did. The tests hold it to what a server sees. */
export const differences: readonly Difference[] = [
  // Idle time and age
  {
    libraries: ['httpx', 'pycurl-multi'],
    wire: { S04: { idleCloseAfterMs: [1000], 'marks.beforeNext': [0] } },
    library: 'looks at the idle time only when a request begins or ends: the connection stayed open for 2.6 s of 1 s',
    polypool: 'closes it by a timer',
    reason: 'What is kept longer than it may be used only costs both sides a socket, and the server may close it first.',
  },
  {
    libraries: ['aiohttp'],
    wire: { S04c: { idleCloseAfterMs: [1000, 1000] } },
    library: 'sweeps by a timer: a connection closes after one to two times its idle time',
    polypool: 'closes each on time',
    reason: 'The idle time is chosen to stay below the server’s own: twice as long can be too long.',
  },
  {
    libraries: ['pycurl-multi'],
    wire: { S13b: { idleAfterBurst: 0, 'marks.end': [0] } },
    library: 'looks at the age only when a request begins: the idle connection stayed open',
    polypool: 'closes it by a timer, up to 10 % before its time',
    reason: 'As for the idle time; and a fleet that was started together must not reconnect together.',
  },
  {
    libraries: ['aiohttp'],
    wire: {
      S04d: { peakConnectionsTotal: 1, peakPerHost: [1], idleAfterBurst: 0, 'marks.idle200': [0], closedByServer: 2 },
    },
    library: 'an idle time of 0 leaves the connection open until the next request finds it too old',
    polypool: 'is keep-alive switched off: `Connection: close` is sent, and the connection ends with its answer',
    reason: 'A connection that is never used again has no reason to stay.',
  },
  {
    libraries: ['httpx'],
    wire: { S04d: { closedByServer: 2 } },
    library: 'announces keep-alive and closes each connection itself',
    polypool: 'sends `Connection: close`, so the server closes it',
    reason: 'The server then keeps no state for a request that will not come.',
  },
  // Limits
  {
    libraries: ['aiohttp'],
    wire: {
      S02: { peakConnectionsTotal: 4, idleAfterBurst: { between: [3, 4] } },
      S08: {
        peakConnectionsTotal: 1,
        connectionsOpened: 3,
        idleAfterBurst: 1,
        requestsPerConnection: [1, 1, 1],
        'marks.afterB': [0, 1],
        'marks.idle200': [1, 0],
      },
      S08b: { peakConnectionsTotal: 2, idleAfterBurst: { between: [1, 2] } },
      S08d: {
        peakConnectionsTotal: 1,
        connectionsOpened: 3,
        idleAfterBurst: 1,
        requestsPerConnection: [1, 1, 1],
        'marks.idle200': [1, 0],
      },
      S15b: { peakConnectionsTotal: 1, idleAfterBurst: 1 },
    },
    library: '`limit` counts connections in use; idle ones to other hosts stay open beyond it',
    polypool: 'counts open connections, and closes an idle one of another host to make room',
    reason: 'A limit protects the server and its sockets, and an idle connection takes one as well.',
  },
  {
    libraries: ['aiohttp'],
    sets: ['current'],
    wire: { S08d: { peakActiveRequests: 1 } },
    library: 'takes an idle connection without looking at the limit: two requests at a limit of 1',
    polypool: 'has the second wait',
    reason: 'A limit of one is one request at a time.',
  },
  {
    libraries: ['aiohttp'],
    sets: ['current'],
    wire: { S11f: { peakConnectionsTotal: 1, peakPerHost: [1] } },
    library: 'opens the next connection before the cancelled one has closed: two at a limit of 1',
    polypool: 'opens it after the close',
    reason: 'A limit is a limit, also for a moment.',
  },
  {
    libraries: ['urllib3', 'requests'],
    wire: { S07: { peakConnectionsTotal: 3 } },
    library: 'drops the least recently used host as soon as one too many is asked for',
    polypool: 'drops it when the new one’s connection falls idle: for the length of a request three are open',
    reason:
      '`maxHosts` limits the hosts that keep idle connections; a connection that will not stay takes nothing from the others.',
  },
  // Reuse
  {
    libraries: ['httpx', 'httpx-sync'],
    wire: { S01b: { connectionsOpened: 10 } },
    library: 'httpcore compares all connections, not the idle ones, with the idle limit: it reconnected for almost every request',
    polypool: 'hands a connection that falls free to the next request',
    reason: 'A fault of httpcore up to 1.0.9 (pull requests 1000 and 1035); what was meant is the idle limit.',
  },
  {
    libraries: ['pycurl-multi'],
    wire: { S01b: { connectionsOpened: 10 } },
    library: 'M_MAXCONNECTS counts connections in use as well: it closed and reopened 8 of 10 while requests waited',
    polypool: 'hands a connection that falls free to the next request',
    reason: 'The idle limit is for connections that nobody needs.',
  },
  {
    libraries: ['httpx-sync'],
    sets: ['current'],
    wire: { S02: { okRequests: 12, errors: 'none' } },
    library: 'closed a connection that it had already given to a request, which failed',
    polypool: 'answers all',
    reason: 'A fault of httpcore (issue 1110).',
  },
  {
    libraries: ['pycurl-multi'],
    sets: ['current'],
    wire: {
      S02b: { idleAfterBurst: 6, 'marks.idle200': [2, 2, 2] },
      S12b: { idleAfterBurst: 12, 'marks.idle200': [12] },
    },
    library: 'without M_MAXCONNECTS keeps four times as many connections as transfers run at that moment',
    polypool: 'keeps all: unlimited',
    reason: 'The size is libcurl’s own guess, and changes from version to version; whoever wants a limit sets one.',
  },
  {
    libraries: ['httpx', 'urllib3', 'requests', 'aiohttp', 'pycurl-multi'],
    wire: {
      S14: {
        connectionsOpened: 2,
        idleAfterBurst: 0,
        requestsPerConnection: [1, 1],
        'marks.beforeNext': [0],
        'marks.idle200': [0],
      },
      S14b: { connectionsOpened: 2, requestsPerConnection: [3, 1] },
    },
    library: 'ignores the server’s `Keep-Alive: timeout=…, max=…`',
    polypool: 'heeds it: `timeout` less a margin of 1 s, and `max`',
    reason: 'A server that says when it will close tells the one thing that prevents a request on a dead connection.',
  },
  // Dead connections
  {
    libraries: ['httpx', 'httpx-sync', 'urllib3', 'requests', 'pycurl-multi', 'pycurl-easy'],
    wire: { S10: { closeWaitLeft: 0 } },
    library: 'notices at the next request that the server has closed an idle connection; until then it stays half closed',
    polypool: 'notices at once, and closes it',
    reason: 'It counts towards the limits, and would be offered to the next request.',
  },
  {
    libraries: ['urllib3', 'aiohttp', 'pycurl-multi', 'pycurl-easy'],
    engines: ['node-http'],
    wire: { S10b: staleError },
    library: 'sends a GET again when its reused connection turns out dead',
    polypool: 'on node’s agents reports the error; on undici it sends it again too',
    reason: 'Once node has written a request it can’t be sent again by an agent: `req.reusedSocket` tells the caller.',
  },
  {
    libraries: ['urllib3'],
    engines: ['undici'],
    wire: { 'S10b/2': stale },
    library: 'with `retries=False` reports the error',
    polypool: 'sends it again: `retries` is no setting of the pool, `retryStale` is',
    reason: 'Retries of urllib3 are a policy for whole requests.',
  },
  {
    libraries: ['pycurl-multi'],
    wire: { S10c: staleError },
    library: 'sends even a POST again when its reused connection turns out dead',
    polypool: 'reports the error',
    reason: 'The server may have acted on it: what is not idempotent must not be sent twice.',
  },
  // Responses that are not read
  {
    libraries: ['urllib3'],
    wire: {
      S11a: {
        peakActiveRequests: 1,
        connectionsOpened: 2,
        requestsServed: 2,
        okRequests: 2,
        idleAfterBurst: 1,
        errors: 'none',
        errorAfterMs: [],
        requestsPerConnection: [1, 1],
        'marks.idle200': [1],
      },
    },
    library: 'with `block=True` loses the place of a response that is closed early, for good',
    polypool: 'frees it',
    reason: 'A leak; every way a request can end must free its place.',
  },
  {
    libraries: ['urllib3'],
    wire: { S11b: { idleAfterBurst: 1, 'marks.afterAbort': [1], 'marks.idle200': [1] } },
    library: 'closes the connection of a response that is dropped unread, and loses its place for good',
    polypool: 'keeps connection and place until the response is read or destroyed',
    reason: 'CPython ends an object with its last reference; JavaScript doesn’t, so nothing tells that nobody will read on.',
  },
  {
    libraries: ['requests'],
    wire: {
      S11b: { peakConnectionsTotal: 2, peakPerHost: [2], idleAfterBurst: 2, 'marks.afterAbort': [1], 'marks.idle200': [2] },
    },
    library: 'closes the connection of a response that is dropped unread',
    polypool: 'keeps it until the response is read or destroyed, and opens another for the next request',
    reason: 'As before.',
  },
  {
    libraries: ['aiohttp'],
    engines: ['node-http'],
    wire: {
      S11c: {
        requestsServed: 1,
        okRequests: 1,
        idleAfterBurst: 0,
        errors: '1 acquire timeout',
        errorAfterMs: [400],
        requestsPerConnection: [1],
        'marks.idle200': [0],
      },
    },
    library: 'a response whose body has arrived frees its place, read or not',
    polypool: 'on node’s agents keeps the place until it is read or destroyed',
    reason: 'Node hands a socket back when the body was read.',
  },
  {
    libraries: ['httpx', 'httpx-sync', 'urllib3'],
    engines: ['undici'],
    wire: {
      S11c: {
        requestsServed: 2,
        okRequests: 2,
        idleAfterBurst: 1,
        errors: 'none',
        errorAfterMs: [],
        requestsPerConnection: [2],
        'marks.idle200': [1],
      },
    },
    library: 'keeps the place of a response until it is read or closed',
    polypool: 'on undici a short response whose body has arrived frees its place, read or not',
    reason: 'Undici takes the body off the connection into a buffer.',
  },
  {
    libraries: ['requests'],
    engines: ['undici'],
    wire: { S11c: { peakConnectionsTotal: 1, peakPerHost: [1], connectionsOpened: 1, requestsPerConnection: [2] } },
    library: 'keeps the connection of a response until it is read or closed, and opens another',
    polypool: 'on undici a short response whose body has arrived frees its connection, read or not',
    reason: 'As before.',
  },
  {
    libraries: ['urllib3'],
    wire: { S11d: { 'marks.afterAbort': [0] } },
    library: '`release_conn()` puts a connection with half a response on it back, and closes it at the next request',
    polypool: 'closes it at once',
    reason: 'It can serve no other request.',
  },
]

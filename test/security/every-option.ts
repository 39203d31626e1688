import crypto from 'node:crypto'
import dns from 'node:dns'
import type https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { alice, authority, bob, otherAuthority } from './certificates.ts'

/** Every option that a request of node:http or node:https, its agent, or the connection behind it takes, by the types of Node. */
export type Option = keyof (tls.ConnectionOptions &
  tls.TLSSocketOptions &
  net.TcpNetConnectOpts &
  net.IpcNetConnectOpts &
  https.RequestOptions &
  https.AgentOptions)

/** The interfaces that these come from. */
export const interfaces = [
  'tls.ConnectionOptions',
  'tls.TLSSocketOptions',
  'net.TcpNetConnectOpts',
  'net.IpcNetConnectOpts',
  'http.RequestOptions',
  'https.RequestOptions',
  'http.AgentOptions',
  'https.AgentOptions',
] as const

export type Values = { readonly [option: string]: unknown }

/** Two requests that differ in one option, and must not meet on one connection. */
export interface Pair {
  /** The first reaches the server. Made anew for each request, so that what is equal is equal by what it says. */
  one(): Values
  /** The second need not: it may be refused, if only it is not answered by the connection of the first. */
  other(): Values
  /** `request`: agents have no such option of their own. */
  readonly level?: 'request'
  /** `https`: node's plain connections do not take just any value of it. */
  readonly scheme?: 'https'
}

export interface Place {
  /** Of another server of the same kind. */
  readonly otherPort: number
  /** That nobody uses. */
  readonly freePort: number
  readonly port: number
}

type Separates = Pair | ((place: Place) => Pair)

type Way = { readonly connection: Separates; readonly tls?: never } | { readonly tls: Separates; readonly connection?: never }

/** What an option does: says where a connection goes, or how TLS is spoken over it; or why requests that differ in it may share one. */
export type Kind = Way | { readonly shares: string }

const absent = (): Values => ({})
const against = (other: () => Values, one: () => Values = absent): Pair => ({ one, other })

const lenient = () => undefined
const strict = (host: string, certificate: tls.PeerCertificate) => tls.checkServerIdentity(host, certificate)
const noPsk = () => null
const contexts = [tls.createSecureContext({ ca: authority }), tls.createSecureContext({ ca: authority })] as const
const blockList = new net.BlockList()

const identity = { cert: alice.cert, key: alice.key }
const tls12 = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }

const perRequest = { shares: 'of one request or its answer, not of the connection' }
const ofSockets = { shares: 'how bytes are buffered, probed or marked, not who gets them; the pool sets what it promises' }
const ofServers = { shares: 'only a server heeds it' }
const ofAgents = { shares: 'of the agent, the same for all its requests' }

export const options: { readonly [option in Option]-?: Kind } = {
  host: { connection: against(() => ({ host: '127.0.0.1' })) },
  hostname: { connection: { ...against(() => ({ hostname: '127.0.0.1' })), level: 'request' } },
  port: { connection: ({ otherPort }) => against(() => ({ port: otherPort })) },
  defaultPort: {
    connection: ({ port, otherPort }) => ({
      ...against(
        () => ({ port: undefined, defaultPort: otherPort }),
        () => ({ port: undefined, defaultPort: port }),
      ),
      level: 'request',
    }),
  },
  localAddress: { connection: against(() => ({ localAddress: '127.0.0.2' })) },
  localPort: { connection: ({ freePort }) => against(() => ({ localPort: freePort })) },
  family: {
    connection: against(
      () => ({ family: 6 }),
      () => ({ family: 4 }),
    ),
  },
  hints: { connection: against(() => ({ hints: dns.V4MAPPED })) },
  socketPath: { connection: against(() => ({ socketPath: '/nobody/listens/here' })) },
  blockList: { connection: against(() => ({ blockList })) },
  handle: { connection: { ...against(() => ({ handle: contexts[0] })), scheme: 'https' } },
  fd: { connection: { ...against(() => ({ fd: 1 })), scheme: 'https' } },

  servername: {
    tls: against(
      () => ({ servername: 'b.test' }),
      () => ({ servername: 'a.test' }),
    ),
  },
  rejectUnauthorized: { tls: against(() => ({ rejectUnauthorized: false })) },
  checkServerIdentity: {
    tls: against(
      () => ({ checkServerIdentity: lenient }),
      () => ({ checkServerIdentity: strict }),
    ),
  },
  ca: {
    tls: against(
      () => ({ ca: [authority, otherAuthority] }),
      () => ({ ca: [authority] }),
    ),
  },
  allowPartialTrustChain: { tls: against(() => ({ allowPartialTrustChain: true })) },
  crl: { tls: against(() => ({ crl: 'no list of anybody' })) },
  cert: {
    tls: against(
      () => ({ ...identity, cert: bob.cert }),
      () => ({ ...identity }),
    ),
  },
  key: {
    tls: against(
      () => ({ ...identity, key: bob.key }),
      () => ({ ...identity, key: Buffer.from(alice.key) }),
    ),
  },
  passphrase: {
    tls: against(
      () => ({ pfx: alice.pfx, passphrase: 'wrong' }),
      () => ({ pfx: alice.pfx, passphrase: alice.pfxPassphrase }),
    ),
  },
  pfx: {
    tls: against(
      () => ({ pfx: [{ buf: bob.pfx, passphrase: bob.pfxPassphrase }] }),
      () => ({ pfx: [{ buf: alice.pfx, passphrase: alice.pfxPassphrase }] }),
    ),
  },
  pskCallback: { tls: against(() => ({ pskCallback: noPsk })) },
  clientCertEngine: { tls: against(() => ({ clientCertEngine: 'none' })) },
  privateKeyEngine: { tls: against(() => ({ privateKeyEngine: 'none' })) },
  privateKeyIdentifier: { tls: against(() => ({ privateKeyIdentifier: 'nobody’s' })) },
  secureContext: {
    tls: against(
      () => ({ secureContext: contexts[1] }),
      () => ({ secureContext: contexts[0] }),
    ),
  },
  session: { tls: against(() => ({ session: Buffer.from('none of this server') })) },
  socket: {
    tls: ({ port }) => {
      const socket = net.connect(port, '127.0.0.1').on('error', lenient)
      return against(() => ({ socket }))
    },
  },
  ciphers: {
    tls: against(
      () => ({ ...tls12, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }),
      () => ({ ...tls12 }),
    ),
  },
  honorCipherOrder: { tls: against(() => ({ honorCipherOrder: true })) },
  minVersion: { tls: against(() => ({ minVersion: 'TLSv1.3' })) },
  maxVersion: { tls: against(() => ({ maxVersion: 'TLSv1.2' })) },
  secureProtocol: { tls: against(() => ({ secureProtocol: 'TLSv1_2_method' })) },
  secureOptions: { tls: against(() => ({ secureOptions: crypto.constants.SSL_OP_NO_TICKET })) },
  sigalgs: { tls: against(() => ({ sigalgs: 'ecdsa_secp256r1_sha256' })) },
  ecdhCurve: { tls: against(() => ({ ecdhCurve: 'P-256' })) },
  dhparam: { tls: against(() => ({ dhparam: 'auto' })) },
  minDHSize: { tls: against(() => ({ minDHSize: 2048 })) },
  ALPNProtocols: { tls: against(() => ({ ALPNProtocols: ['http/1.1'] })) },
  certificateCompression: { tls: against(() => ({ certificateCompression: ['zlib'] })) },
  requestOCSP: { tls: against(() => ({ requestOCSP: true })) },
  sessionIdContext: { tls: against(() => ({ sessionIdContext: 'another' })) },

  lookup: {
    shares: 'as in node: it finds an address of the same host, and clients (axios) give each request a function of its own',
  },
  autoSelectFamily: { shares: 'in which order the addresses of the same host are tried' },
  autoSelectFamilyAttemptTimeout: { shares: 'in which order the addresses of the same host are tried' },
  path: { shares: 'of the request; the connection has socketPath' },
  createConnection: { shares: 'node heeds it only in requests without an agent' },
  agent: { shares: 'each agent has connections of its own' },
  _defaultAgent: { shares: 'each agent has connections of its own' },
  protocol: { shares: 'each scheme has an agent of its own' },
  auth: perRequest,
  headers: { shares: 'of the request, but for the Host header, from which the servername comes: see identity.test.ts' },
  httpValidation: perRequest,
  insecureHTTPParser: perRequest,
  joinDuplicateHeaders: perRequest,
  maxHeaderSize: perRequest,
  method: perRequest,
  setDefaultHeaders: perRequest,
  setHost: perRequest,
  signal: perRequest,
  timeout: perRequest,
  uniqueHeaders: perRequest,
  allowHalfOpen: ofSockets,
  keepAlive: ofSockets,
  keepAliveInitialDelay: ofSockets,
  noDelay: ofSockets,
  onread: ofSockets,
  readable: ofSockets,
  typeOfService: ofSockets,
  writable: ofSockets,
  enableTrace: { shares: 'prints what TLS does' },
  ALPNCallback: ofServers,
  SNICallback: ofServers,
  isServer: ofServers,
  requestCert: ofServers,
  server: ofServers,
  sessionTimeout: ofServers,
  ticketKeys: ofServers,
  agentKeepAliveTimeoutBuffer: ofAgents,
  keepAliveMsecs: ofAgents,
  maxCachedSessions: ofAgents,
  maxFreeSockets: ofAgents,
  maxSockets: ofAgents,
  maxTotalSockets: ofAgents,
  proxyEnv: ofAgents,
  scheduling: ofAgents,
}

import type { Site } from '../placement.ts'
import { type ProxyFacts, refusalHeader, type WantedLimits } from '../reverse-proxy.ts'
import { isBefore } from '../versions.ts'

/** The longest that HAProxy takes. */
const forEver = '24d'
const clientKeepAlive = 60_000
const repeatable = 'GET HEAD OPTIONS PUT DELETE TRACE'

export function facts({ config, pending }: WantedLimits): Omit<ProxyFacts, 'open'> {
  return { wait: pending === 0 ? 0 : config.acquireTimeout, clientKeepAlive }
}

export function write(wanted: WantedLimits, place: Site): string {
  return [
    '# Behind the other files (-f): a section after these that names no defaults would take them.',
    `defaults ${place.name}_defaults`,
    ...indented([
      '# Whoever leaves while waiting is not sent. A frontend hears of it from here alone.',
      'option abortonclose',
      'mode http',
    ]),
    '',
    `frontend ${place.name}_in from ${place.name}_defaults`,
    ...indented([
      `bind ${place.listen.address}`,
      'timeout client 1h',
      `timeout http-keep-alive ${time(clientKeepAlive)}`,
      ...refusing(wanted, place.name),
      `default_backend ${place.name}`,
    ]),
    '',
    `backend ${place.name} from ${place.name}_defaults`,
    ...indented([...backend(wanted, place), server(wanted, place)]),
    '',
  ].join('\n')
}

/** What may not wait is refused before it does: maxqueue would only look for another server. */
function refusing({ open, pending, refusal }: WantedLimits, name: string): string[] {
  if (!Number.isFinite(open) || pending === Number.POSITIVE_INFINITY) return []
  const condition = pending === 0 ? `be_conn(${name}) ge ${open}` : `queue(${name}) ge ${pending}`
  return [
    `http-request return status 503 content-type text/plain string ${refusal} hdr ${refusalHeader} ${refusal} if { ${condition} }`,
  ]
}

function backend({ config, open }: WantedLimits, { authority }: Site): string[] {
  const { keepAlive, connectTimeout, acquireTimeout, retryStale, tcpKeepAlive } = config
  const probes =
    tcpKeepAlive === false ? [] : ['option srvtcpka', `srvtcpka-idle ${Math.max(1, Math.floor(tcpKeepAlive / 1000))}s`]
  const retries = [
    'retries 1',
    '# On a connection that had been closed. A failed connect is not tried again: it would take twice its timeout.',
    'retry-on empty-response',
    `http-request disable-l7-retry if !{ method ${repeatable} }`,
  ]
  return [
    ...(keepAlive ? ['http-reuse always'] : ['http-reuse never', 'option http-server-close']),
    `timeout connect ${time(connectTimeout)}`,
    // Left out, it is that for connecting.
    `timeout queue ${time(acquireTimeout)}`,
    'timeout server 1h',
    ...(keepAlive && retryStale ? retries : ['retries 0']),
    ...probes,
    `http-request set-header Host ${authority}`,
    ...(Number.isFinite(open)
      ? [
          '# No server was chosen: it waited for one in vain.',
          `http-after-response set-header ${refusalHeader} ERR_POOL_ACQUIRE_TIMEOUT if { status 503 } !{ srv_id -m found }`,
        ]
      : []),
  ]
}

function server({ config, open, kept }: WantedLimits, { address, host, tls, version }: Site): string {
  const { keepAlive, keepAliveExpiry } = config
  // Where Linux distributions of Debian's kind keep them; from 2.6 on HAProxy finds the system's itself.
  const authorities = isBefore(version, '2.6') ? '/etc/ssl/certs/ca-certificates.crt' : '@system-ca'
  return [
    `server upstream ${address}`,
    ...(tls ? [`ssl verify required ca-file ${authorities} sni str(${host}) verifyhost ${host}`] : []),
    ...(Number.isFinite(open) ? [`maxconn ${open}`] : []),
    ...(Number.isFinite(open) && !isBefore(version, '3.2') ? ['strict-maxconn'] : []),
    ...(keepAlive && Number.isFinite(kept) ? [`pool-max-conn ${kept}`] : []),
    ...(keepAlive ? [`pool-purge-delay ${time(keepAliveExpiry / 4)}`] : []),
  ].join(' ')
}

function time(ms: number): string {
  return Number.isFinite(ms) ? `${Math.max(1, Math.round(ms))}ms` : forEver
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`)
}

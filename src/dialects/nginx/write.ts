import type { Site } from '../placement.ts'
import { type ProxyFacts, refusalHeader, type WantedLimits } from '../reverse-proxy.ts'

const forEver = '1h'
const clientKeepAlive = 75_000
/** Kept where no limit says how many: nginx has no word for unlimited. */
const plenty = 1000

export function facts(): Omit<ProxyFacts, 'open'> {
  return { wait: 0, clientKeepAlive }
}

export function write(wanted: WantedLimits, place: Site): string {
  const { name, listen } = place
  const limited = Number.isFinite(wanted.open)
  return [
    '# In the http section, by include.',
    ...block(`upstream ${name}`, upstream(wanted, place)),
    '',
    ...(limited
      ? [
          '# Where no server could be chosen, this variable has the name of all of them.',
          ...block(`map $upstream_addr $${name}_limit`, [`${name} ERR_POOL_FULL;`, "default '';"]),
          '',
        ]
      : []),
    ...block('server', [
      `listen ${listen.address};`,
      `keepalive_timeout ${time(clientKeepAlive)};`,
      'client_max_body_size 0;',
      ...block('location /', [
        ...location(wanted, place),
        ...(limited ? [`add_header ${refusalHeader} $${name}_limit always;`] : []),
      ]),
    ]),
    '',
  ].join('\n')
}

function upstream({ config, open, kept }: WantedLimits, { name, address }: Site): string[] {
  const { keepAlive, keepAliveExpiry, maxRequestsPerConnection, maxLifetime } = config
  const most = Math.min(kept, open)
  const reuse = [
    `keepalive ${Number.isFinite(most) ? most : plenty};`,
    `keepalive_timeout ${time(keepAliveExpiry)};`,
    `keepalive_requests ${Number.isFinite(maxRequestsPerConnection) ? maxRequestsPerConnection : 1_000_000_000};`,
    `keepalive_time ${Number.isFinite(maxLifetime) ? time(maxLifetime) : '365d'};`,
  ]
  return [
    '# Without it, each worker counts by itself.',
    `zone ${name} 64k;`,
    `server ${address}${Number.isFinite(open) ? ` max_conns=${open}` : ''} max_fails=0;`,
    ...(keepAlive ? reuse : []),
  ]
}

function location({ config }: WantedLimits, { name, tls, host, authority }: Site): string[] {
  const { keepAlive, connectTimeout, tcpKeepAlive, retryStale } = config
  return [
    `proxy_pass ${tls ? 'https' : 'http'}://${name};`,
    'proxy_http_version 1.1;',
    `proxy_set_header Host ${authority};`,
    `proxy_set_header Connection ${keepAlive ? '""' : 'close'};`,
    ...(tls
      ? [
          'proxy_ssl_server_name on;',
          `proxy_ssl_name ${host};`,
          'proxy_ssl_verify on;',
          'proxy_ssl_verify_depth 5;',
          'proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;',
        ]
      : []),
    `proxy_connect_timeout ${time(connectTimeout)};`,
    'proxy_read_timeout 1h;',
    'proxy_send_timeout 1h;',
    'proxy_buffering off;',
    'proxy_request_buffering off;',
    `proxy_next_upstream ${keepAlive && retryStale ? 'error' : 'off'};`,
    ...(tcpKeepAlive === false ? [] : ['proxy_socket_keepalive on;']),
  ]
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `    ${line}`), '}']
}

function time(ms: number): string {
  return Number.isFinite(ms) ? `${Math.max(1, Math.round(ms))}ms` : forEver
}

import type { Options } from '../options.ts'
import { noProxyAtAll, type ProxyReading, proxyNote, readByEnvironment, readPair, readServer } from '../read-proxy.ts'

/** Options of ProxyAgent and EnvHttpProxyAgent besides those of Agent. */
export const ofProxies = [
  'uri',
  'token',
  'auth',
  'headers',
  'requestTls',
  'proxyTls',
  'proxyTunnel',
  'httpProxy',
  'httpsProxy',
  'noProxy',
  'byEnvironment',
] as const

/** By options, or by what a live dispatcher holds of them. */
export function readProxyOptions(options: Options): ProxyReading {
  const { uri, httpProxy, httpsProxy = httpProxy, noProxy, byEnvironment } = options
  const names = ['httpProxy', 'httpsProxy', 'noProxy'] as const
  const found = byEnvironment
    ? readByEnvironment(names[2], noProxy)
    : uri === undefined
      ? readPair(names, httpProxy, httpsProxy, noProxy)
      : readServer('uri', uri)
  if (found.config.proxy === undefined) return found === noProxyAtAll ? noProxyAtAll : found
  const besides = Object.entries(kept).flatMap(([option, message]) =>
    options[option] === undefined || options[option] === null
      ? []
      : [proxyNote(option, `${option} is not a pool setting: ${message}`)],
  )
  const plain = proxyNote(
    'proxy',
    'through a proxy undici heeds connections for https alone; a pool does for http too',
    'approximated',
  )
  return { config: found.config, notes: [...found.notes, ...besides, ...(options.connections ? [plain] : [])] }
}

const kept: { readonly [option: string]: string } = {
  token: 'write user and password into the URL of proxy, or pass the native option proxyHeaders',
  auth: 'write user and password into the URL of proxy, or pass the native option proxyHeaders',
  headers: 'pass it as the native option proxyHeaders',
  requestTls: 'pass it as the native option connect',
  proxyTls: 'pass it as the native option proxyTls',
  proxyTunnel: 'https goes through a tunnel always, http in absolute form',
}

import { type LibraryDefaults, onGithub } from '../defaults.ts'

const curl = (option: string) => `https://curl.se/libcurl/c/${option}.html`
const curlFile = (tag: string, path: string) => onGithub('curl/curl', tag, path)

/** Every default of pycurl, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    M_MAX_TOTAL_CONNECTIONS: [{ value: 0, source: curl('CURLMOPT_MAX_TOTAL_CONNECTIONS') }],
    M_MAX_HOST_CONNECTIONS: [{ value: 0, source: curl('CURLMOPT_MAX_HOST_CONNECTIONS') }],
    M_MAXCONNECTS: [{ value: 0, source: curl('CURLMOPT_MAXCONNECTS') }],
    M_MAX_CONCURRENT_STREAMS: [{ value: 100, source: curl('CURLMOPT_MAX_CONCURRENT_STREAMS') }],
    M_PIPELINING: [
      { value: 0, source: curl('CURLMOPT_PIPELINING') },
      { since: '7.62.0', value: 2, source: curl('CURLMOPT_PIPELINING') },
    ],
    HTTP_VERSION: [
      { value: 'CURL_HTTP_VERSION_1_1', source: curl('CURLOPT_HTTP_VERSION') },
      { since: '7.62.0', value: 'CURL_HTTP_VERSION_2TLS', source: curl('CURLOPT_HTTP_VERSION') },
    ],
    PIPEWAIT: [{ value: 0, source: curl('CURLOPT_PIPEWAIT') }],
    MAXCONNECTS: [{ value: 5, source: curl('CURLOPT_MAXCONNECTS') }],
    MAXAGE_CONN: [{ value: 118, source: curl('CURLOPT_MAXAGE_CONN') }],
    MAXLIFETIME_CONN: [
      { value: 0, source: curlFile('curl-7_88_1', 'lib/url.c') },
      { since: '8.17.0', value: 86_400, source: curl('CURLOPT_MAXLIFETIME_CONN') },
    ],
    CONNECTTIMEOUT: [{ value: 300, source: curl('CURLOPT_CONNECTTIMEOUT') }],
    TCP_KEEPALIVE: [{ value: 0, source: curl('CURLOPT_TCP_KEEPALIVE') }],
    TCP_KEEPIDLE: [{ value: 60, source: curl('CURLOPT_TCP_KEEPIDLE') }],
    TCP_KEEPINTVL: [{ value: 60, source: curl('CURLOPT_TCP_KEEPINTVL') }],
    FORBID_REUSE: [{ value: 0, source: curl('CURLOPT_FORBID_REUSE') }],
    FRESH_CONNECT: [{ value: 0, source: curl('CURLOPT_FRESH_CONNECT') }],
    HTTPPROXYTUNNEL: [{ value: 0, source: curl('CURLOPT_HTTPPROXYTUNNEL') }],
    DNS_CACHE_TIMEOUT: [{ value: 60, source: curl('CURLOPT_DNS_CACHE_TIMEOUT') }],
  },
  fixed: {},
}

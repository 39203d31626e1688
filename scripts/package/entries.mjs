// Plain JavaScript: it runs right after the installation, on whatever Node there is.

/** What each entry of polypool is built from; package.json names what the build makes of them. */
export const entries = {
  '.': './src/index.ts',
  './undici': './adapters/undici.ts',
  './fetch': './adapters/fetch.ts',
  './axios': './adapters/axios.ts',
  './got': './adapters/got.ts',
  './node-fetch': './adapters/node-fetch.ts',
  './agentkeepalive': './adapters/agentkeepalive.ts',
  './node-http': './adapters/node-http.ts',
  './otel': './src/observe/otel.ts',
  './prometheus': './src/observe/prometheus.ts',
  './fleet': './src/fleet/index.ts',
  './dialects': './src/dialects/index.ts',
  './internal': './src/internal.ts',
}

/**
 * What the build makes of a source is called, without folder and extension.
 * @param {string} source
 */
export function distName(source) {
  const [, name = ''] = /([^/]+?)(?:(?<!src)\/index)?\.ts$/.exec(source) ?? []
  return name
}

/**
 * A module of this folder to start or import by URL: from source (`.ts`) and from the build (`.js`) alike.
 *
 * @param path relative to src/conformance, without extension
 */
export function moduleUrl(path: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`${path}.${extension}`, import.meta.url)
}

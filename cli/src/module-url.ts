/**
 * A module to start or import by URL: from source (`.ts`) and from the build (`.js`) alike.
 *
 * @param path relative to `from`, without extension
 * @param from `import.meta.url` of the module that names it
 */
export function moduleUrl(path: string, from: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`${path}.${extension}`, from)
}

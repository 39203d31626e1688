import type { Rolldown } from 'tsdown'

/**
 * Makes properties of the getters by which a CommonJS file of the build gives what other files of it use. They stand at the end of the file, where
 * everything has its value; a getter for each was a twentieth of what `require` of an adapter cost.
 */
export const plainExports: Rolldown.Plugin = {
  name: 'plain-exports',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk' && file.fileName.endsWith('.cjs')) file.code = withPlainExports(file.code)
    }
  },
}

const getter =
  /^Object\.defineProperty\(exports, "([\w$]+)", \{\s+enumerable: true,\s+get: function\(\) \{\s+return ([\w$]+);\s+\}\s+\}\);$/gm

/** What is assigned anew later keeps its getter. */
export function withPlainExports(code: string): string {
  return code.replace(getter, (whole, name: string, local: string) =>
    new RegExp(`^let .*(?<![\\w$.])${local.replaceAll('$', '\\$')}(?![\\w$])`, 'm').test(code)
      ? whole
      : `exports.${name} = ${local};`,
  )
}

// What shell blocks and inline commands say, taken apart as far as the docs use a shell: comments, quotes, variables in front, one redirection.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './pages.ts'

/** Its words, without a comment, variables in front, and where its output goes. */
export function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(#.*$)|(\S+)/g)].flatMap(([, single, double, comment, bare]) =>
    comment === undefined ? [single ?? double ?? bare ?? ''] : [],
  )
  const redirected = words.findIndex((word) => word === '>' || word === '>>')
  const own = redirected < 0 ? words : words.slice(0, redirected)
  return own.slice(own.findIndex((word) => !/^[A-Z_]+=/.test(word)))
}

interface Manifest {
  readonly scripts?: { readonly [name: string]: string }
  readonly [section: string]: { readonly [name: string]: unknown } | undefined
}

const manifestOf = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest
const { scripts = {}, ...manifest } = manifestOf('package.json')
const sdks = manifestOf('test/sdks/fixture/package.json')

const known = new Set([
  'polypool',
  '@polypool/cli',
  ...['dependencies', 'devDependencies', 'peerDependencies'].flatMap((section) => Object.keys(manifest[section] ?? {})),
  ...Object.keys(sdks.dependencies ?? {}),
])

const shared = ['--save-dev', '--package-lock-only']

/** What is wrong with a command of npm, npx or node that is not of the program itself: undefined if nothing is. */
export function problemOf([program, ...args]: readonly string[]): string | undefined {
  if (program === 'npx') return args[0] === 'node' ? problemOf(args) : problemOfTool(args)
  if (program === 'node') return problemOfScript(args)
  if (program !== 'npm') return `nobody knows ${program}`
  const [command = '', ...rest] = args
  if (command === 'ci') return rest.length === 0 ? undefined : 'npm ci takes nothing here'
  if (command === 'install') {
    // A package may be asked for in one version, `undici@7`.
    const wrong = rest.find((word) => !(word.startsWith('-') ? shared.includes(word) : known.has(word.replace(/@[\d.]+$/, ''))))
    return wrong && `${wrong} is nothing that is installed here`
  }
  const [script = '', ...flags] = command === 'run' ? rest : args
  if (!['run', 'start', 'test'].includes(command)) return `npm has no ${command}`
  const line = scripts[script]
  if (line === undefined) return `package.json has no script ${script}`
  if (flags.length === 0) return undefined
  if (flags[0] !== '--') return 'flags of a script come after --'
  return problemOfScript([...(/node (?:--\S+ )*(\S+\.ts)$/.exec(line)?.slice(1) ?? ['none']), ...flags.slice(1)])
}

function problemOfTool([tool = '', ...args]: readonly string[]): string | undefined {
  if (!existsSync(path.join(root, 'node_modules/.bin', tool))) return `nothing installed is called ${tool}`
  // Vitest takes the beginnings of names.
  const missing = args.find((word) => word.includes('/') && globSync(`${word}*`, { cwd: root }).length === 0)
  return missing && `there is no ${missing}`
}

/** Flags are those that its own text has: as an option of parseArgs or of commander, or compared. */
function problemOfScript(args: readonly string[]): string | undefined {
  const [file = '', ...rest] = args.filter((word) => word !== '--use-system-ca')
  if (file === '') return undefined
  if (!existsSync(path.join(root, file))) return `there is no ${file}`
  const text = readFileSync(path.join(root, file), 'utf8')
  const flag = rest.find(
    (word) => word.startsWith('--') && !new RegExp(`'${word}[' ]|\\b${word.slice(2)}'?: \\{ type:`).test(text),
  )
  return flag && `${file} knows no ${flag}`
}

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { missing } from '../../test/programs.ts'
import type { Cell } from './cells.ts'
import { Member } from './team.ts'

/** By what `python.py` calls them: the module that each needs. In Debian all are packages, `python3-httpx` and so on. */
const libraries = {
  httpx: 'httpx',
  httpx_async: 'httpx',
  requests: 'requests',
  urllib3: 'urllib3',
  aiohttp: 'aiohttp',
  pycurl: 'pycurl',
} as const

type Library = keyof typeof libraries

/** `httpx_async` in tables. */
export function pythonName(library: string): string {
  return library === 'httpx_async' ? 'httpx, async' : library
}

export interface FoundPython {
  readonly command: string
  readonly libraries: readonly Library[]
  readonly versions: { readonly [module: string]: string }
}

/** The Python that has most of them: that of a Linux distribution, whose packages they are, or the one on PATH. */
export function findPython(): FoundPython | undefined {
  const found = ['/usr/bin/python3', 'python3']
    .map(look)
    .filter((python) => python !== undefined)
    .sort((a, b) => b.libraries.length - a.libraries.length)[0]
  const names = Object.keys(libraries) as Library[]
  for (const name of names.filter((one) => !found?.libraries.includes(one))) missing(`Python's ${libraries[name]}`)
  return found
}

const script = `
import importlib, json, platform
found = {"Python": platform.python_version()}
for name in ${JSON.stringify([...new Set(Object.values(libraries))])}:
    try:
        module = importlib.import_module(name)
        found[name] = getattr(module, "__version__", None) or module.version.split()[0].split("/")[1]
    except ImportError:
        pass
print(json.dumps(found))`

function look(command: string): FoundPython | undefined {
  try {
    const out = execFileSync(command, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const versions = JSON.parse(out) as { [module: string]: string }
    const present = (Object.keys(libraries) as Library[]).filter((name) => libraries[name] in versions)
    return present.length === 0 ? undefined : { command, libraries: present, versions }
  } catch {
    return undefined
  }
}

export function pythonMember({ command }: FoundPython, library: Library, { connections, inFlight }: Cell, port: number): Member {
  const file = fileURLToPath(new URL('./python.py', import.meta.url))
  const args = [file, library, `http://127.0.0.1:${port}/`, String(connections), String(inFlight)]
  return new Member(pythonName(library), command, args)
}

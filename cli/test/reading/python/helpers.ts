import { type Imported, importFile } from '../../../src/reading/python/import.ts'
import { type PythonFile, readPython } from '../../../src/reading/python/read-file.ts'
import { Trials } from '../../../src/reading/python/trial.ts'
import type { PyValue } from '../../../src/reading/python/values.ts'

/** Settings of a place by path: plain values, and `‹source›` for what is unknown. */
export interface Outline {
  readonly [path: string]: unknown
}

function outlineOf(value: PyValue, source: string): unknown {
  switch (value.kind) {
    case 'known':
      return value.value
    case 'list':
      return value.items.map((item) => outlineOf(item, '?'))
    case 'dict':
      if (value.open.length > 0) return `‹${source}›`
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, outlineOf(entry.value, '?')]))
    default:
      return `‹${source}›`
  }
}

/** The places of a source, each as its label and settings; `*` has what may set anything besides. */
export function outline(text: string, file = 'app.py'): [label: string, settings: Outline][] {
  const source = readPython(file, text)
  return source.places.map(({ label, settings, open }) => [
    label.replace('(…)', ''),
    {
      ...Object.fromEntries(settings.map(({ path, value, node }) => [path, outlineOf(value, source.textOf(node))])),
      ...(open.length > 0 ? { '*': open.map(({ node }) => source.textOf(node)).join(' ') } : {}),
    },
  ])
}

/** The value of an expression in a source, where it is the argument of `httpx.Limits(max_connections=…)`. */
export function argument(expression: string, before = ''): unknown {
  const text = `import httpx\n${before}\nhttpx.Limits(max_connections=${expression})\n`
  const [[, settings] = ['', {}]] = outline(text)
  return (settings as Outline)['limits.max_connections']
}

export function imported(
  text: string,
  { file = 'app.py', version }: { file?: string; version?: string } = {},
): {
  source: PythonFile
  found: Imported[]
  problems: readonly { line?: number; column?: number; message: string }[]
} {
  const source = readPython(file, text)
  return { source, ...importFile(source, undefined, new Trials(version)) }
}

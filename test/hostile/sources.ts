import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Node, parseSync, visitorKeys } from 'oxc-parser'

/** A module of the package as it is shipped. */
export interface Module {
  /** Relative to the repository's root. */
  readonly file: string
  readonly nodes: readonly Node[]
  text({ start, end }: { readonly start: number; readonly end: number }): string
}

const root = new URL('../../', import.meta.url)

/** Every module of src/, adapters/ and cli/src/, parsed. */
export function modules(): Module[] {
  return ['src', 'adapters', 'cli/src'].flatMap((folder) =>
    fs
      .readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`${folder}/${name}`)),
  )
}

function read(file: string): Module {
  const source = fs.readFileSync(fileURLToPath(new URL(file, root)), 'utf8')
  return moduleOf(file, source)
}

export function moduleOf(file: string, source: string): Module {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  return { file, nodes: allNodes(program), text: ({ start, end }) => source.slice(start, end) }
}

function allNodes(rootNode: Node): Node[] {
  const found: Node[] = []
  const open: Node[] = [rootNode]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.push(node)
    for (const key of visitorKeys[node.type] ?? []) {
      const child = (node as unknown as { [key: string]: Node | (Node | null)[] | null | undefined })[key]
      for (const one of Array.isArray(child) ? child : [child]) if (one) open.push(one)
    }
  }
  return found
}

import type { Node } from 'oxc-parser'
import type { Model } from '../../../reading/javascript/model.ts'
import type { Style } from './style.ts'
import { quoted } from './style.ts'
import type { TextEdit } from './text-edits.ts'
import { namesIn } from './uses.ts'

/** A name from a module. */
export interface Wanted {
  readonly module: string
  /** `*` is the module as a whole. */
  readonly name: string
  readonly local: string
}

type Program = Extract<Node, { type: 'Program' }>
type Import = Extract<Node, { type: 'ImportDeclaration' }>
type Declaration = Extract<Node, { type: 'VariableDeclaration' }>

export function programOf({ scopes }: Model): Program {
  return scopes.nodes[0] as Program
}

/** Whether the file has imports, and not require. */
function isModule(model: Model): boolean {
  const { body } = programOf(model)
  const has = body.some(
    ({ type }) =>
      type === 'ImportDeclaration' ||
      type === 'ExportNamedDeclaration' ||
      type === 'ExportDefaultDeclaration' ||
      type === 'ExportAllDeclaration',
  )
  return has || /\.m[jt]s$/.test(model.file)
}

/** New imports behind those that are there. */
export function importing(wanted: readonly Wanted[], removed: readonly TextEdit[], model: Model, style: Style): TextEdit[] {
  const lines = wanted.map((one) => lineOf(one, isModule(model), style))
  if (lines.length === 0) return []
  const { body } = programOf(model)
  const isGone = ({ start, end }: Node) => removed.some((edit) => edit.start <= start && end <= edit.end)
  const imports = body.filter(isImport)
  const last = imports.findLast((statement) => !isGone(statement))
  const [former] = imports
  if (last === undefined && former) {
    const start = lineStart(model.text, former.start)
    return [{ start, end: start, text: lines.map((line) => line + style.newline).join('') }]
  }
  if (last) return [{ start: last.end, end: last.end, text: lines.map((line) => style.newline + line).join('') }]
  const first = body.find((statement) => !('directive' in statement && statement.directive))
  const start = first ? lineStart(model.text, first.start) : model.text.length
  return [{ start, end: start, text: lines.map((line) => line + style.newline).join('') + style.newline }]
}

function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return text.slice(start, offset).trim() === '' ? start : offset
}

function isImport(statement: Node): boolean {
  if (statement.type === 'ImportDeclaration' || statement.type === 'TSImportEqualsDeclaration') return true
  if (statement.type !== 'VariableDeclaration') return false
  return statement.declarations.some(({ init }) => init?.type === 'CallExpression' && isRequire(init))
}

function isRequire({ callee, arguments: [first] }: Extract<Node, { type: 'CallExpression' }>): boolean {
  return callee.type === 'Identifier' && callee.name === 'require' && first?.type === 'Literal'
}

function lineOf({ module, name, local }: Wanted, esm: boolean, style: Style): string {
  const from = quoted(module, style)
  const end = style.semicolon
  if (name === '*') return esm ? `import * as ${local} from ${from}${end}` : `const ${local} = require(${from})${end}`
  if (!esm) return `const { ${name === local ? name : `${name}: ${local}`} } = require(${from})${end}`
  return `import { ${name === local ? name : `${name} as ${local}`} } from ${from}${end}`
}

/**
 * Removes the imports of names that only the given ranges used.
 * @param names that may be removed
 */
export function removing(
  names: ReadonlySet<string>,
  ranges: readonly { start: number; end: number }[],
  model: Model,
): TextEdit[] {
  const program = programOf(model)
  const uses = namesIn(program)
  const edits: TextEdit[] = []
  for (const statement of program.body) {
    const parts = importedBy(statement)
    if (parts === undefined) continue
    const isGone = ({ local }: Part) =>
      names.has(local.name) &&
      uses.every(
        (use) =>
          use.name !== local.name ||
          use.start === local.start ||
          ranges.some(({ start, end }) => start <= use.start && use.end <= end),
      )
    const gone = parts.filter(isGone)
    if (gone.length === 0) continue
    if (gone.length === parts.length) edits.push(wholeLine(statement, model.text))
    else if (gone.every(({ node }) => node !== undefined)) edits.push(...without(parts, gone, model.text))
  }
  return edits
}

interface Part {
  readonly local: { readonly name: string; readonly start: number }
  /** What can be taken out of a list. */
  readonly node: Node | undefined
}

/** The names that a statement imports, if that is all that it does. */
function importedBy(statement: Node): Part[] | undefined {
  if (statement.type === 'ImportDeclaration') return ofImport(statement)
  if (statement.type === 'TSImportEqualsDeclaration') return [{ local: statement.id, node: undefined }]
  return statement.type === 'VariableDeclaration' ? ofRequire(statement) : undefined
}

function ofImport({ specifiers }: Import): Part[] | undefined {
  if (specifiers.length === 0) return undefined
  // A default beside a list would leave its comma.
  return specifiers.map((one) => ({ local: one.local, node: one.type === 'ImportSpecifier' ? one : undefined }))
}

function ofRequire({ declarations }: Declaration): Part[] | undefined {
  const [only] = declarations
  if (declarations.length !== 1 || only?.init == null) return undefined
  let { init } = only
  if (init.type === 'MemberExpression' && init.object.type === 'CallExpression') init = init.object
  if (init.type !== 'CallExpression' || init.callee.type !== 'Identifier' || init.callee.name !== 'require') return undefined
  if (only.id.type === 'Identifier') return [{ local: only.id, node: undefined }]
  if (only.id.type !== 'ObjectPattern') return undefined
  const parts = only.id.properties.map((property): Part | undefined =>
    property.type === 'Property' && property.value.type === 'Identifier' ? { local: property.value, node: property } : undefined,
  )
  return parts.every((part) => part !== undefined) ? parts : undefined
}

function wholeLine({ start, end }: Node, text: string): TextEdit {
  const rest = /^[ \t]*(?:\r?\n)?/.exec(text.slice(end))?.[0] ?? ''
  return { start: lineStart(text, start), end: end + rest.length, text: '' }
}

/** Takes parts out of `{ a, b, c }`, each with one comma. */
function without(parts: readonly Part[], gone: readonly Part[], text: string): TextEdit[] {
  const listed = parts.filter(({ node }) => node !== undefined)
  return gone.flatMap(({ node }) => {
    if (!node) return []
    const behind = /^\s*,\s*/.exec(text.slice(node.end))?.[0]
    const isLast = listed.at(-1)?.node === node
    if (behind !== undefined && !isLast) return [{ start: node.start, end: node.end + behind.length, text: '' }]
    const before = /,\s*$/.exec(text.slice(0, node.start))?.[0] ?? ''
    return [{ start: node.start - before.length, end: node.end, text: '' }]
  })
}

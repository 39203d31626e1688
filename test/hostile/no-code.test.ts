import type { Node } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { moduleOf, modules } from './sources.ts'

type Found = { readonly kind: string; readonly file: string }

/** Ways by which text becomes code or a command. */
function dangersIn({ file, nodes, text }: ReturnType<typeof moduleOf>): Found[] {
  const kinds = nodes.flatMap((node) => [...danger(node, text)])
  return kinds.map((kind) => ({ kind, file }))
}

const evaluators = /^(?:globalThis\.)?(?:eval|Function|execScript)$/
const modulesOfCode = /^(?:node:)?(?:vm|repl|inspector|worker_threads|cluster|wasi)(?:\/|$)/

function* danger(node: Node, text: (node: { start: number; end: number }) => string): Generator<string> {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression': {
      const callee = text(node.callee)
      const [first] = node.arguments
      if (evaluators.test(callee) || /\.constructor$/.test(callee)) yield 'eval'
      if (/^(?:exec|execSync|execFile|execFileSync)$|\bchild_process\b.*\.exec/.test(callee)) yield 'exec'
      if (
        /^(?:set(?:Timeout|Interval|Immediate))$/.test(callee) &&
        (first?.type === 'Literal' || first?.type === 'TemplateLiteral')
      )
        yield 'timer'
      if (/(?:^|\.)(?:require|getBuiltinModule)$|^createRequire\(/.test(callee)) {
        if (first?.type !== 'Literal') yield 'require'
        else if (modulesOfCode.test(String(first.value))) yield 'module'
        else if (/child_process/.test(String(first.value))) yield 'child process'
      }
      break
    }
    case 'ImportExpression':
      if (node.source.type !== 'Literal') yield 'import'
      break
    case 'ImportDeclaration': {
      const from = node.source.value
      if (modulesOfCode.test(from)) yield 'module'
      if (/^(?:node:)?child_process$/.test(from)) {
        yield 'child process'
        for (const specifier of node.specifiers) {
          if (specifier.type !== 'ImportSpecifier') yield 'exec'
          else if (!/^(?:fork|spawn|type ChildProcess|ChildProcess)$/.test(text(specifier))) yield 'exec'
        }
      }
      break
    }
    case 'Property':
      if (/^(?:shell|["']shell["'])$/.test(text(node.key)) && text(node.value) !== 'false') yield 'shell'
      break
  }
}

/** What there is, and why no text from outside reaches it. */
const known: readonly (Found & { readonly why: string })[] = [
  {
    kind: 'child process',
    file: 'cli/src/reading/javascript/reader.ts',
    why: 'forks a module of the package; sources go to it as messages',
  },
  {
    kind: 'child process',
    file: 'cli/src/commands/audit/changed.ts',
    why: 'spawns git without a shell; the name of a commit is one argument, behind --end-of-options',
  },
  { kind: 'child process', file: 'cli/src/conformance/probe/remote.ts', why: 'forks a module of the package' },
  {
    kind: 'child process',
    file: 'cli/src/conformance/children/run-child.ts',
    why: 'spawns node itself with a module of the package',
  },
  {
    kind: 'module',
    file: 'src/fleet/cluster-store.ts',
    why: 'takes MessageChannel from node:worker_threads, and starts no worker',
  },
  { kind: 'module', file: 'src/fleet/cluster-store.ts', why: 'listens to the workers of node:cluster, and starts none' },
  { kind: 'module', file: 'src/pool/clock.ts', why: 'takes MessageChannel from node:worker_threads, and starts no worker' },
  {
    kind: 'import',
    file: 'src/files/formats/module.ts',
    why: 'the config file itself, where it is a module: it is the user’s own code',
  },
]

describe('no text becomes code', () => {
  it('but in the places that are known', () => {
    const found = modules().flatMap(dangersIn)
    const grave = found.filter(({ kind }) => kind !== 'import' && kind !== 'require')
    expect(grave.toSorted(byFile)).toEqual(
      known
        .filter(({ kind }) => kind !== 'import')
        .map(({ kind, file }) => ({ kind, file }))
        .toSorted(byFile),
    )
  })

  it('what is imported by a name that is made has that name from the package itself', () => {
    const found = modules()
      .flatMap(dangersIn)
      .filter(({ kind }) => kind === 'import' || kind === 'require')
    const expected = [
      'src/files/formats/module.ts',
      'cli/src/clients.ts',
      'cli/src/commands/verify/installed.ts',
      'cli/src/commands/schema.ts',
      'cli/src/version.ts',
      'cli/src/conformance/catalog.ts',
    ]
    for (const { file } of found)
      expect([file, expected.includes(file) || file.startsWith('cli/src/conformance/')]).toEqual([file, true])
  })
})

it.each([
  ['eval', 'eval(text)'],
  ['eval', 'new Function(text)'],
  ['eval', 'globalThis.eval(text)'],
  ['eval', '(() => {}).constructor(text)'],
  ['timer', 'setTimeout("f()", 1)'],
  ['module', "import vm from 'node:vm'"],
  ['exec', "import { exec } from 'node:child_process'"],
  ['exec', "import * as all from 'child_process'"],
  ['shell', 'spawn(command, [], { shell: true })'],
  ['child process', "process.getBuiltinModule('node:child_process')"],
  ['import', 'import(text)'],
  ['require', 'require(text)'],
])('the check knows %s: %s', (kind, code) => {
  expect(dangersIn(moduleOf('a.ts', code)).map((one) => one.kind)).toContain(kind)
})

function byFile(one: Found, other: Found): number {
  return one.file.localeCompare(other.file)
}

import type { Node } from 'oxc-parser'
import { creations } from '../../reading/javascript/clients.ts'
import type { Model } from '../../reading/javascript/model.ts'
import { bare, isFunction } from '../../reading/javascript/nodes.ts'
import { Functions } from './functions.ts'
import type { AuditRule } from './rule.ts'

export const disposedAtLoad: AuditRule = {
  id: 'disposed-at-load',
  severity: 'error',
  title: 'a pool that is closed as soon as its module is loaded',
  why: 'at the top level of a module, await using closes the pool when the module has been evaluated: whoever uses it later finds it closed, and each request fails',
  fix: 'use const, and close the pool where the service stops',
  example: {
    bad: `import axios from 'axios'
import { createPool } from 'polypool/axios'

await using pool = createPool({ maxConnections: 50 })

export const load = (url) => axios.get(url, pool.options)`,
    good: `import axios from 'axios'
import { createPool } from 'polypool/axios'

const pool = createPool({ maxConnections: 50 })

export const load = (url) => axios.get(url, pool.options)
export const stop = () => pool.close()`,
  },
  *find(model) {
    const functions = new Functions(model)
    for (const node of model.scopes.nodes) {
      if (node.type !== 'VariableDeclaration' || (node.kind !== 'await using' && node.kind !== 'using')) continue
      if (model.scopes.parentOf(node)?.type !== 'Program') continue
      for (const { id, init } of node.declarations) {
        const binding = id.type === 'Identifier' ? model.scopes.resolve(id.name, id) : undefined
        if (!binding || !init || !isPool(init, model)) continue
        const [late] = binding.uses.filter((use) => outlives(use, model, functions))
        if (late)
          yield {
            at: node,
            message: `${binding.name} is closed when the module has run, and used after that (line ${model.at(late).line})`,
          }
      }
    }
  },
}

/** What a pool is made by, of polypool and of the clients. */
function isPool(init: Node, { evaluator }: Model): boolean {
  const expression = bare(init)
  const call = expression.type === 'AwaitExpression' ? bare(expression.argument) : expression
  if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return false
  const reference = evaluator.references.of(call.callee) ?? ''
  return (
    /^polypool(?:\/[\w-]+)?#(?:createPool|loadPools|loadPool|(?:loadPools\.\(\)\.)?open)$/.test(reference) ||
    Object.hasOwn(creations, reference)
  )
}

/** It is used by what others call later: something exported, or a handler. */
function outlives(use: Node, { scopes }: Model, functions: Functions): boolean {
  for (const outer of scopes.around(use)) {
    if (outer.type === 'ExportNamedDeclaration' || outer.type === 'ExportDefaultDeclaration') return true
    if (isFunction(outer) && (functions.isHandler(outer) || functions.isExported(outer))) return true
  }
  return false
}

import type { Definition, PyBinding, PyNode } from './syntax.ts'
import { bodiesAround } from './tree.ts'

/** More definitions of one name than that nobody follows. */
export const mostDefinitions = 200

/**
 * The definition of a name that holds at `use`: its only one, or the last one that must have run before, with none that may have run
 * in between. Undefined where that depends on branches, loops or other functions.
 */
export function definitionAt({ definitions, scope }: PyBinding, use: PyNode): Definition | undefined {
  const [only] = definitions
  if (definitions.length <= 1) return only
  const sameScope = definitions.every((one) => one.scope === scope) && use.scope === scope
  if (definitions.length > mostDefinitions || !sameScope) return undefined
  const around = bodiesAround(use)
  const ran = definitions.filter((one) => one.end <= use.from && around.has(blockOf(one.at)))
  const last = ran.reduce<Definition | undefined>((best, one) => (best && best.end > one.end ? best : one), undefined)
  if (last === undefined) return undefined
  const mayReplace = (one: Definition) =>
    one !== last &&
    ((one.at.from >= last.at.from && one.end <= use.from) || loopsAround(use, last).some((loop) => isIn(one.at, loop)))
  return definitions.some(mayReplace) ? undefined : last
}

/** The loops that `use` is in and the definition is not: what comes later in them may have run before. */
function loopsAround(use: PyNode, { at }: Definition): PyNode[] {
  const loops: PyNode[] = []
  for (let outer = use.parent; outer && outer !== use.scope?.node; outer = outer.parent) {
    if ((outer.name === 'ForStatement' || outer.name === 'WhileStatement') && !isIn(at, outer)) loops.push(outer)
  }
  return loops
}

function isIn(node: PyNode, outer: PyNode): boolean {
  return node.from >= outer.from && node.to <= outer.to
}

function blockOf(node: PyNode): PyNode {
  let block = node
  while (block.parent && (block === node || !isBlock(block))) block = block.parent
  return block
}

function isBlock({ name }: PyNode): boolean {
  return name === 'Body' || name === 'Script' || name === 'ParamList'
}

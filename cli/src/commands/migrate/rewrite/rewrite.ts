import type { Node } from 'oxc-parser'
import type { Note, PoolConfig } from 'polypool'
import type { ClientName, Position } from 'polypool/internal'
import type { Model } from '../../../reading/javascript/model.ts'
import { isFunction } from '../../../reading/javascript/nodes.ts'
import { written } from '../../../reading/shared/written.ts'
import { configCode, objectCode, type Where } from './code.ts'
import { isLeft, type Left } from './entries.ts'
import { importing, programOf, removing, type Wanted } from './imports.ts'
import { type Plan, planFor } from './plan.ts'
import { indentAt, quoted, type Style, styleOf } from './style.ts'
import type { TextEdit } from './text-edits.ts'
import { bindingOf, namesIn } from './uses.ts'

/** How a file is to be rewritten. */
export interface RewriteTask {
  readonly from: ClientName | undefined
  /** Limits go to a config file, where the file can wait for it. */
  readonly toFile: boolean
  /** Whether `await` may stand outside of functions. */
  readonly awaits: boolean
}

export interface RewrittenPlace extends Position {
  readonly label: string
  readonly from: ClientName
  readonly adapter: ClientName
  readonly name?: string
  readonly notes: readonly Note[]
  /** What goes to the config file; `slot` stands for the pool's name in the edits. */
  readonly pool?: { readonly slot: string; readonly config: PoolConfig }
}

export interface LeftPlace extends Position {
  readonly label: string
  readonly from: ClientName
  readonly reason: string
  /** The line that is in the way. */
  readonly because?: number
}

/** What becomes of one file. */
export interface Rewritten {
  readonly file: string
  readonly text: string
  readonly edits: readonly TextEdit[]
  readonly places: readonly RewrittenPlace[]
  readonly left: readonly LeftPlace[]
}

/** No source has it: stands for a pool's name until all of them are known. */
const slotMark = '\uE0A2'
export const slots = /\uE0A2\d+\uE0A2/g

/** The edits of one file; nothing where it makes no agents or dispatchers. */
export function rewriteIn(model: Model, task: RewriteTask): Rewritten[] {
  const plans: Plan[] = []
  const left: LeftPlace[] = []
  for (const creating of model.created) {
    const { creation, node } = creating
    if (creation.role === 'client' || (task.from !== undefined && creation.client !== task.from)) continue
    const plan = planFor(creating, model)
    if (isLeft(plan))
      left.push({ ...model.at(node), label: creation.label, from: creation.client, ...because(plan, node, model) })
    else plans.push(plan)
  }
  if (plans.length === 0 && left.length === 0) return []
  const { edits, places } = new Rewriting(model, task).edit(plans)
  return [{ file: model.file, text: model.text, edits, places, left }]
}

function because({ reason, at }: Left, node: Node, model: Model): { reason: string; because?: number } {
  const line = at && model.at(at).line
  return { reason, ...(line === undefined || line === model.at(node).line ? {} : { because: line }) }
}

class Rewriting {
  readonly #model: Model
  readonly #task: RewriteTask
  readonly #style: Style
  readonly #taken: Set<string>
  readonly #wanted: Wanted[] = []
  readonly #edits: TextEdit[] = []
  #slots = 0

  constructor(model: Model, task: RewriteTask) {
    this.#model = model
    this.#task = task
    this.#style = styleOf(model.text)
    this.#taken = new Set(namesIn(programOf(model)).map(({ name }) => name))
  }

  edit(plans: readonly Plan[]): { edits: TextEdit[]; places: RewrittenPlace[] } {
    const places: RewrittenPlace[] = []
    const done = new Set<Plan>()
    for (const plan of plans) {
      if (done.has(plan)) continue
      const twin = plans.find((other) => !done.has(other) && this.#areTwins(plan, other))
      for (const one of twin ? [plan, twin] : [plan]) done.add(one)
      places.push(...(twin ? this.#shared(plan, twin) : [this.#alone(plan)]))
    }
    const ranges = plans.map(({ creating: { node } }) => node)
    const removed = removing(this.#namesOf(plans), ranges, this.#model)
    const added = importing(this.#wanted, removed, this.#model, this.#style)
    return { edits: [...added, ...removed, ...this.#loading(), ...this.#edits], places }
  }

  #alone(plan: Plan): RewrittenPlace {
    const { node } = plan.creating
    const pool = this.#poolOf(plan)
    this.#edits.push({ start: node.start, end: node.end, text: `${pool.code}.${this.#memberOf(plan)}` })
    return this.#told(plan, pool.slot)
  }

  /** One pool for the agents of both schemes, before the statement of the first. */
  #shared(plan: Plan, twin: Plan): RewrittenPlace[] {
    const statement = statementOf(plan.creating.node, this.#model)?.statement ?? plan.creating.node
    const pool = this.#poolOf(plan)
    const name = this.#free('pool')
    const indent = indentAt(this.#model.text, statement.start)
    const text = `const ${name} = ${pool.code}${this.#style.semicolon}${this.#style.newline}${indent}`
    this.#edits.push({ start: statement.start, end: statement.start, text })
    for (const one of [plan, twin]) {
      const { start, end } = one.creating.node
      this.#edits.push({ start, end, text: `${name}.${this.#memberOf(one)}` })
    }
    return [this.#told(plan, pool.slot), this.#told(twin, undefined)]
  }

  #memberOf({ member }: Plan): string {
    return member.replace(/'([^']*)'/g, (_, text: string) => quoted(text, this.#style))
  }

  #told(plan: Plan, slot: string | undefined): RewrittenPlace {
    const { creating, adapter, carried } = plan
    const name = bindingOf(creating, this.#model)?.name
    return {
      ...this.#model.at(creating.node),
      label: creating.creation.label,
      from: creating.creation.client,
      adapter,
      ...(name === undefined ? {} : { name }),
      notes: [...carried.notes, ...this.#stayed(plan)],
      ...(slot === undefined || carried.known === undefined ? {} : { pool: { slot, config: carried.known } }),
    }
  }

  #stayed(plan: Plan): Note[] {
    if (!this.#task.toFile || this.#goesToFile(plan)) return []
    const message = this.#task.awaits
      ? 'the limits stay in code: some of them are computed, or a proxy has a password'
      : 'the limits stay in code: the file is CommonJS, and can’t wait for a config file outside of functions'
    return [{ field: 'config', support: 'native', message }]
  }

  #goesToFile({ carried: { known } }: Plan): boolean {
    return (
      this.#task.toFile && this.#task.awaits && known !== undefined && !JSON.stringify(written(known)).includes('PROXY_PASSWORD')
    )
  }

  /** The code that makes the pool. */
  #poolOf(plan: Plan): { code: string; slot?: string } {
    const { adapter, carried, creating } = plan
    const { text } = this.#model
    const { start, end } = creating.node
    const where: Where = { indent: indentAt(text, start), oneLine: !text.slice(start, end).includes('\n') }
    const native = objectCode(carried.native, this.#style, where)
    if (this.#goesToFile(plan)) {
      const slot = `${slotMark}${this.#slots++}${slotMark}`
      const pools = this.#import('polypool', 'loadPools', 'loadPools') && this.#pools()
      const module = this.#import(`polypool/${adapter}`, '*', camel(adapter), `${camel(adapter)}Adapter`)
      return { slot, code: `${pools}.open(${[module, quoted(slot, this.#style), native].filter(Boolean).join(', ')})` }
    }
    const config = configCode(carried, this.#style, where)
    const create = this.#import(`polypool/${adapter}`, 'createPool', 'createPool', `create${camel(adapter, true)}Pool`)
    return { code: `${create}(${[config === '' && native !== '' ? '{}' : config, native].filter(Boolean).join(', ')})` }
  }

  #poolsName: string | undefined

  #pools(): string {
    this.#poolsName ??= this.#free('pools')
    return this.#poolsName
  }

  /** `const pools = await loadPools()`, behind the imports. */
  #loading(): TextEdit[] {
    if (this.#poolsName === undefined) return []
    const load = this.#wanted.find(({ name }) => name === 'loadPools')?.local ?? 'loadPools'
    const { newline, semicolon } = this.#style
    const line = `const ${this.#poolsName} = await ${load}()${semicolon}`
    const { body } = programOf(this.#model)
    const first = body.find(({ type }) => type !== 'ImportDeclaration' && type !== 'TSImportEqualsDeclaration') ?? body[0]
    const start = first?.start ?? this.#model.text.length
    return [{ start, end: start, text: `${line}${newline}${newline}` }]
  }

  #import(module: string, name: string, ...locals: readonly string[]): string {
    const known = this.#wanted.find((one) => one.module === module && one.name === name)
    if (known) return known.local
    const local = locals.find((one) => !this.#taken.has(one)) ?? this.#free(locals[0] ?? name)
    this.#taken.add(local)
    this.#wanted.push({ module, name, local })
    return local
  }

  #free(name: string): string {
    let found = name
    for (let count = 2; this.#taken.has(found); count++) found = `${name}${count}`
    this.#taken.add(found)
    return found
  }

  /** The names by which the old classes were called. */
  #namesOf(plans: readonly Plan[]): ReadonlySet<string> {
    return new Set(
      plans
        .flatMap(({ creating: { node } }) => namesIn(node.callee).map(({ name }) => name))
        .filter((name) => name !== 'require'),
    )
  }

  /** Agents of both schemes that stand side by side, and say the same: neither has a limit that both would share. */
  #areTwins(plan: Plan, other: Plan): boolean {
    const schemes = [plan.scheme, other.scheme].sort().join()
    if (plan === other || plan.adapter !== other.adapter || schemes !== 'http,https') return false
    const [one, two] = [plan, other].map(({ creating }) => statementOf(creating.node, this.#model)?.block)
    if (one === undefined || one !== two) return false
    const [first, second] = [plan, other].map(({ carried }) => this.#saying(carried))
    return first === second && plan.carried.config.some((line) => line.field === 'maxConnections' && line.value === 'unlimited')
  }

  #saying(carried: Plan['carried']): string {
    const where = { indent: '', oneLine: false }
    return configCode(carried, this.#style, where) + objectCode(carried.native, this.#style, where)
  }
}

function camel(name: string, first = false): string {
  const joined = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return first ? joined.charAt(0).toUpperCase() + joined.slice(1) : joined
}

/** The statement that an expression is part of, and the block around; undefined where it runs at another time than its statement. */
function statementOf(node: Node, { scopes }: Model): { statement: Node; block: Node } | undefined {
  let statement = node
  for (const outer of scopes.around(node)) {
    if (outer.type === 'Program' || outer.type === 'BlockStatement') return { statement, block: outer }
    if (isFunction(outer) || outer.type === 'ClassBody') return undefined
    statement = outer
  }
  return undefined
}

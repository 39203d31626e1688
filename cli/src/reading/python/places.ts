import type { PyEvaluator } from './evaluate.ts'
import { handlePlaces } from './handle-places.ts'
import { handlesIn } from './handles.ts'
import { knownCallables } from './known-callables.ts'
import { mountsIn, requestSettingsIn } from './methods.ts'
import type { Module } from './module.ts'
import type { PythonPlace } from './place.ts'
import { nameOf, namesAround } from './place-names.ts'
import { sessionAttributesIn } from './session-attributes.ts'
import { below, emptyGroup, type Given, settingsOf } from './settings.ts'
import type { PyNode } from './syntax.ts'
import type { PyMade } from './values.ts'

/** Nobody writes more into one file. */
const mostMade = 2000

export interface PythonPlaces {
  /** In the order of the file. */
  readonly places: readonly PythonPlace[]
  /** Where the rest of the file begins that was not looked at, if there is one. */
  readonly rest: PyNode | undefined
}

/** The places of the modules of a file. */
export function pythonPlacesIn(modules: readonly Module[], evaluator: PyEvaluator): PythonPlaces {
  const all = modules.flatMap(({ nodes }) => nodes.filter(({ name }) => name === 'CallExpression'))
  const { made, rest } = madeBy(all, evaluator)
  const calls = rest ? all.slice(0, all.indexOf(rest)) : all
  const given = new Map(made.map((one) => [one.call, settingsOf(one, evaluator)]))
  const owned = new Set([...given.values()].flatMap(({ holds }) => holds))
  const mounts = mountsIn(calls, evaluator)
  const requestSettings = requestSettingsIn(calls, evaluator)
  const attributes = sessionAttributesIn(sessionNodes(modules, made), evaluator)
  const places = made.flatMap((one): PythonPlace[] => {
    const callable = knownCallables.get(one.callable)
    const own = given.get(one.call)
    if (!callable || !own || owned.has(one.call) || callable.options !== undefined) return []
    if (mounts.sessions.has(one.call) || own.local) return []
    // A timeout alone, of a request or for a client elsewhere, is no pool.
    if (callable.part === 'timeout' && own.misuses.length === 0) return []
    const session = mounts.owners.get(one.call) ?? one.call
    const both = [...new Set([one.call, session])]
    const sent = both.flatMap((call) => requestSettings.get(call) ?? [])
    const { settings, open } = callable.part === undefined ? own : alone(own, callable.part, one.call)
    return [
      {
        dialect: callable.dialect,
        node: one.call,
        label: `${one.callable}(…)`,
        name: nameOf(one.call, evaluator.textOf) ?? nameOf(session, evaluator.textOf),
        around: namesAround(one.call, evaluator.textOf),
        settings: [...settings, ...sent.flatMap((request) => request.settings), ...(attributes.get(session) ?? [])],
        open,
        remarks: [
          ...own.remarks,
          ...sent.flatMap((request) => request.remarks),
          ...both.flatMap((call) => mounts.remarks.get(call) ?? []),
        ],
        misuses: own.misuses,
      },
    ]
  })
  const handles = handlePlaces(handlesIn(calls, made, evaluator))
  return { places: [...places, ...handles].sort((a, b) => a.node.from - b.node.from), rest }
}

/** Where attributes of a session may be set, if there is a session. */
function sessionNodes(modules: readonly Module[], made: readonly PyMade[]): PyNode[] {
  if (!made.some(({ callable }) => knownCallables.get(callable)?.attributes !== undefined)) return []
  return modules.flatMap(({ nodes }) => nodes.filter(({ name }) => name === 'AssignStatement' || name === 'CallExpression'))
}

/** The calls of known callables. */
function madeBy(calls: readonly PyNode[], evaluator: PyEvaluator): { made: PyMade[]; rest: PyNode | undefined } {
  const made: PyMade[] = []
  for (const call of calls) {
    const [callee] = call.children
    const callable = callee && evaluator.callableOf(callee)
    if (callable === undefined) continue
    if (made.length === mostMade) return { made, rest: call }
    made.push({ kind: 'made', callable, call })
  }
  return { made, rest: undefined }
}

/** A part without the pool that it is for. */
function alone(given: Given, part: string, call: PyNode): Pick<Given, 'settings' | 'open'> {
  const { settings, open } = given
  if (part === '') return { settings, open }
  if (settings.length === 0 && open.length === 0) return { settings: [emptyGroup(part, part, call)], open }
  return below(part, given)
}

import { dialects } from 'polypool/dialects'
import type { Handle } from './handles.ts'
import { agreed, append } from './methods.ts'
import type { PythonPlace } from './place.ts'
import type { Open, Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'

const { support } = dialects.pycurl
const options = Object.keys(support.settings)
const ofMulti = options.filter((option) => option.startsWith('M_'))
const ofEasy = options.filter((option) => !option.startsWith('M_'))

const several = 'the file has several multi handles: which easy handles are in which is not told, so each is shown by itself'
const merged = 'with what is set on the easy handles of the file'

/**
 * Handles of libcurl as places. A multi handle keeps the connections of the easy handles in it: the only one of a file is one place
 * with them. Without one, each easy handle has connections of its own.
 */
export function handlePlaces(handles: readonly Handle[]): PythonPlace[] {
  const multis = handles.filter(isMulti)
  const easy = handles.filter((one) => !isMulti(one))
  const [multi] = multis
  if (multis.length === 1 && multi) {
    const inside = easy.filter((one) => !one.alone)
    return [withEasy(multi, inside), ...easy.filter((one) => one.alone).map(ownConnections)]
  }
  if (multi === undefined) return easy.map(ownConnections)
  const remarks = easy.length > 0 ? [several] : []
  return handles.map((handle) => place(handle, [...handle.options.values()], openOf(handle), remarks))
}

function isMulti({ kind, options: given }: Handle): boolean {
  return kind === 'multi' || [...given.keys()].some((option) => option.startsWith('M_'))
}

function place(handle: Handle, settings: readonly Setting[], open: readonly Open[], remarks: readonly string[]): PythonPlace {
  const { node, label, name, around } = handle
  return { dialect: 'pycurl', node, label, name, around, settings, open, remarks, misuses: [] }
}

/** An easy handle without a multi handle; the number of other ones in its pool is 0 by default. */
function ownConnections(handle: Handle): PythonPlace {
  const none: Setting = { path: 'MAXCONNECTS', keyword: '', value: { kind: 'known', value: 0 }, node: callee(handle.node) }
  return place(handle, [...(handle.open ? [] : [none]), ...handle.options.values()], openOf(handle), [])
}

function callee(call: PyNode): PyNode {
  return call.children[0] ?? call
}

function openOf(handle: Handle): Open[] {
  return handle.open ? [{ paths: isMulti(handle) ? ofMulti : ofEasy, node: handle.open }] : []
}

function withEasy(multi: Handle, easy: readonly Handle[]): PythonPlace {
  const open = [...openOf(multi), ...easy.flatMap(openOf)]
  const settings = easy.some((one) => one.open) ? [] : common(easy)
  const remarks = settings.length > 0 ? [merged] : []
  return place(multi, [...multi.options.values(), ...settings], open, remarks)
}

/** What easy handles have in common; an option that only some of them have, or have another value of, is unknown. */
function common(easy: readonly Handle[]): Setting[] {
  const given = new Map<string, Setting[]>()
  for (const { options: own } of easy)
    for (const [option, setting] of own) if (ofEasy.includes(option)) append(given, option, setting)
  const made = easy.filter((one) => one.made)
  return [...given].flatMap(([option, settings]) => {
    // One that is only seen to get options may be any of those that are made.
    const everywhere = made.every((one) => one.options.has(option)) || easy.some((one) => !one.made && one.options.has(option))
    const oneOf = settings.map(({ node }) => node)
    return agreed(settings).map((one) => (everywhere ? one : { ...one, value: { kind: 'unknown', oneOf } as const }))
  })
}

import { queueMicrotask, setImmediate, setTimeout } from '../../pool/port.ts'

const names = ['setImmediate', 'setTimeout', 'queueMicrotask'] as const

type Globals = { [name in (typeof names)[number]]: unknown }

const real: Globals = { setImmediate, setTimeout, queueMicrotask }

/** Whether the global timers are not those of Node: a test has faked them, or something has wrapped them. */
export function isFaked(): boolean {
  return (
    globalThis.setImmediate !== real.setImmediate ||
    globalThis.queueMicrotask !== real.queueMicrotask ||
    globalThis.setTimeout !== real.setTimeout
  )
}

/**
 * undici looks whether an idle connection still lives before it writes, and calls back by a global that it reads then: a fake one would have it
 * wait for ever. So Node's own are there for as long as this call lasts.
 */
export function inRealTime(call: () => void): void {
  const globals: Globals = globalThis
  const found = names.map((name) => [name, globals[name]] as const)
  for (const name of names) globals[name] = real[name]
  try {
    call()
  } finally {
    for (const [name, value] of found) globals[name] = value
  }
}

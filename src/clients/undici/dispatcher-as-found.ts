/**
 * Where undici and the `fetch` of the platform look for the dispatcher of those who give none: the latter up to undici 7 here. The first copy
 * of undici that loads puts its own there, and so becomes the dispatcher of the platform's `fetch`.
 */
const platformDispatcher = Symbol.for('undici.globalDispatcher.1')

const store = globalThis as { [platformDispatcher]?: unknown; Headers?: unknown }

// The platform's copy is made to load first, and so keeps its place.
if (store[platformDispatcher] === undefined) void store.Headers

/** As it was when this module was evaluated. */
const found = store[platformDispatcher]

/** Puts back what was there. undici's symbol for itself stays: its own functions need it, and no `fetch` that was there before reads it. */
export function restoreDispatcher(): void {
  if (store[platformDispatcher] !== found) store[platformDispatcher] = found
}

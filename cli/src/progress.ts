import type { Io } from './io.ts'

/** Tells on stderr how far long work is. */
export interface Progress {
  /** A large part begins: one line that stays, where there is no terminal. */
  part(text: string): void
  /** A small step: only where the line can be written over. */
  step(text: string): void
  /** Removes what is left of it on a terminal. */
  stop(): void
}

export function progressOn({ stderr, isErrTTY, columns }: Io): Progress {
  if (!isErrTTY) return { part: (text) => stderr(`${text}\n`), step: () => {}, stop: () => {} }
  const clear = '\r\u001b[2K'
  const show = (text: string) => stderr(clear + text.slice(0, columns - 1))
  return { part: show, step: show, stop: () => stderr(clear) }
}

const events = ['uncaughtException', 'unhandledRejection', 'warning'] as const

/** What must not have happened, each kind once. Also what escapes every promise and callback, and every warning of node's. */
export class Findings {
  readonly all: string[] = []
  readonly #onFirst: () => void
  readonly #listeners = events.map((event) => {
    const listener = (what: unknown) => this.add(`${event}: ${what instanceof Error ? what.stack : String(what)}`)
    process.on(event, listener)
    return { event, listener }
  })

  constructor(onFirst: () => void) {
    this.#onFirst = onFirst
  }

  add(problem: string): void {
    if (this.all.length === 0) this.#onFirst()
    if (this.all.length < 50 && !this.all.includes(problem)) this.all.push(problem)
  }

  stop(): void {
    for (const { event, listener } of this.#listeners) process.off(event, listener)
  }
}

import type { FakeConnection } from './fake-entities.ts'

/** Sockets that were told to close and have not closed, and by when they will have; Infinity: when the test says so. */
export class Closings {
  readonly #due = new Map<FakeConnection, number>()

  add(connection: FakeConnection, due: number): void {
    this.#due.set(connection, due)
  }

  delete(connection: FakeConnection): void {
    this.#due.delete(connection)
  }

  /** When the next one will have closed. */
  get next(): number {
    return Math.min(...this.#due.values(), Number.POSITIVE_INFINITY)
  }

  /** The first that was told to of those that will have closed by then. */
  dueBy(now: number): FakeConnection | undefined {
    return [...this.#due].find(([, due]) => due <= now)?.[0]
  }

  /** Those that close without being told to: they never connected. */
  get givenUp(): FakeConnection[] {
    return [...this.#due].filter(([, due]) => due !== Number.POSITIVE_INFINITY).map(([connection]) => connection)
  }
}

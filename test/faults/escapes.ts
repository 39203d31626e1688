/** Records what escapes every promise and callback while it listens: uncaught exceptions, unhandled rejections and warnings. */
export class Escapes implements Disposable {
  readonly all: unknown[] = []
  readonly #record = (escaped: unknown) => void this.all.push(escaped)

  constructor() {
    for (const event of events) process.on(event, this.#record)
  }

  [Symbol.dispose](): void {
    for (const event of events) process.off(event, this.#record)
  }
}

const events = ['uncaughtException', 'unhandledRejection', 'warning'] as const

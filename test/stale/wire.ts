import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const channels = ['undici:client:sendHeaders', 'http.client.request.start'] as const

/** How often each request was written, by its path, as undici and node:http tell when they do it. */
export class Writes implements Disposable {
  readonly byPath = new Map<string, number>()

  readonly #record = (message: unknown) => {
    const { path } = (message as { request: { path: string } }).request
    this.byPath.set(path, (this.byPath.get(path) ?? 0) + 1)
  }

  constructor() {
    for (const channel of channels) subscribe(channel, this.#record)
  }

  [Symbol.dispose](): void {
    for (const channel of channels) unsubscribe(channel, this.#record)
  }

  /** Requests that were written more than once. */
  get repeated(): string[] {
    return [...this.byPath].filter(([, times]) => times > 1).map(([path]) => path)
  }

  get total(): number {
    return [...this.byPath.values()].reduce((sum, times) => sum + times, 0)
  }
}

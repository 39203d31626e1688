import { onTestFinished } from 'vitest'
import type { Pool } from '../../src/adapter.ts'
import { type ChannelMessages, type ChannelName, channelNames, subscribe } from '../../src/observe/channels.ts'

export type Told = { readonly [N in ChannelName]: { readonly channel: N } & ChannelMessages[N] }[ChannelName]

/** What pools tell from now on, to the end of the test. */
export class Listener {
  readonly told: Told[] = []
  #waiting: (() => void)[] = []

  constructor(names: readonly ChannelName[] = channelNames) {
    for (const channel of names) {
      const stop = subscribe(channel, (message) => this.#onMessage({ channel, ...message } as Told))
      onTestFinished(stop)
    }
  }

  /** In the order in which they came. */
  of<N extends ChannelName>(channel: N, pool?: Pool<unknown>): ChannelMessages[N][] {
    const told = this.told.filter((one) => one.channel === channel && (pool === undefined || one.pool === pool))
    return told as unknown as ChannelMessages[N][]
  }

  /** Resolves once that many have come. */
  async until<N extends ChannelName>(channel: N, count: number, pool?: Pool<unknown>): Promise<ChannelMessages[N][]> {
    while (this.of(channel, pool).length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.of(channel, pool)
  }

  #onMessage(message: Told): void {
    this.told.push(message)
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

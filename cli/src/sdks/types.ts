import type { ClientName } from 'polypool/internal'

/** How one SDK is put on a pool. Its page, what `explain sdk:<name>` prints, and the tests on loopback are drawn from it. */
export interface SdkRecipe {
  /** As its makers write it. */
  readonly title: string
  /** What is installed beside polypool. */
  readonly packages: readonly string[]
  /** Whose adapter makes the pool: that client's page tells field by field what holds. */
  readonly client: ClientName
  /** The lines to paste: they make `pool`, and give it to the SDK. */
  readonly setup: string
  /** One request, read to its end: an expression. */
  readonly request: string
  /** What holds then, and on what conditions. */
  readonly holds: readonly string[]
  readonly trap: SdkTrap
}

/** What looks as if it held, and does not. */
interface SdkTrap {
  readonly says: string
  /** A module of its own that runs into it. */
  readonly setup: string
  /** That of the recipe if absent; null if `setup` does all that is to be seen. */
  readonly request?: string | null
}

import type { PoolConfig } from 'polypool'
import type { ClientSource } from '../client.ts'

/** What a child process is to do with a client; see child.ts. */
export interface ChildTask {
  readonly client: ClientSource
  readonly task: 'idle' | 'waiting' | 'dispatchers'
  /** An origin of the parent's probe, http. */
  readonly url: string
  /** On top of the task's own. */
  readonly config?: PoolConfig
}

/** Told by the child while it runs. */
export interface ChildReport {
  readonly event: string
  readonly detail?: unknown
}

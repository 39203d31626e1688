import type { ClientSource } from '../client.ts'

/** What a child process is to do with a client; see child.ts. */
export interface ChildTask {
  readonly client: ClientSource
  readonly task: 'idle' | 'waiting' | 'dispatchers'
  /** An origin of the parent's probe, http. */
  readonly url: string
}

/** Told by the child while it runs. */
export interface ChildReport {
  readonly event: string
  readonly detail?: unknown
}

/** What a child process is to do; see the files that start it. */
export interface ChildTask {
  readonly engine: 'node-http' | 'undici' | 'undici7'
  readonly url: string
  readonly other: string
  /** Which case of the child's own. */
  readonly name: string
}

/** The same for a child that has a client instead of an engine. */
export interface ClientTask {
  /** Name of a conformance driver. */
  readonly driver: string
  readonly url: string
  /** What it fakes, if that is not its own to choose. */
  readonly by?: string
}

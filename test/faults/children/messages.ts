/** What a child process is to do; see the files that start it. */
export interface ChildTask {
  readonly engine: 'node-http' | 'undici' | 'undici7'
  readonly url: string
  readonly other: string
  /** Which case of the child's own. */
  readonly name: string
}

import { type FileReading, type Finder, readSource } from './read-file.ts'

/** One file to read, and what to look for there; it passes between processes, and so must be plain data. */
export interface ReadRequest<Task> {
  readonly file: string
  readonly text: string
  readonly task: Task
}

export type WorkerMessage<Found> =
  | { readonly ready: true }
  | { readonly reading: FileReading<Found> }
  | { readonly failed: string }

/** Makes this process one that reads sources for its parent: what a `SourceReader` starts calls it, with what it looks for. */
export function answerRequests<Task, Found>(find: Finder<Task, Found>): void {
  const answer = (message: WorkerMessage<Found>) => process.send?.(message)
  process.on('message', ({ file, text, task }: ReadRequest<Task>) => {
    try {
      answer({ reading: readSource(file, text, (model) => find(model, task)) })
    } catch (error) {
      answer({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  // Without its parent there is nobody to work for.
  process.on('disconnect', () => process.exit())
  answer({ ready: true })
}

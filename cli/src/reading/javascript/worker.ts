import { type FileReading, readSource, type Task } from './read-file.ts'

/** One file to read, and the answer to it. */
export interface Request {
  readonly file: string
  readonly text: string
  readonly task: Task
}

export type Answer = { readonly ready: true } | { readonly reading: FileReading } | { readonly failed: string }

const answer = (message: Answer) => process.send?.(message)

process.on('message', ({ file, text, task }: Request) => {
  try {
    answer({ reading: readSource(file, text, task) })
  } catch (error) {
    answer({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
// Without its parent there is nobody to work for.
process.on('disconnect', () => process.exit())
answer({ ready: true })

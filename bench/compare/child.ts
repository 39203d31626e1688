// One subject in a process of its own. A line in is a question, a line out its answer: see team.ts.
import { createInterface } from 'node:readline'
import { cells } from './cells.ts'
import { count } from './counting.ts'
import { measureMemory } from './memory.ts'
import { subjectNamed } from './subjects.ts'
import { Worker } from './work.ts'

/** What a child is asked. Those of Python know the first two. */
export type Question =
  | { readonly do: 'start' }
  | { readonly do: 'run'; readonly ms: number; readonly enough?: number }
  | { readonly do: 'count' }
  | { readonly do: 'memory'; readonly connections: number; readonly waiting: number }

const [name = '', cellId = '', port = ''] = process.argv.slice(2)
const subject = subjectNamed(name)
const cell = cells.find(({ id }) => id === cellId)
const worker = cell && new Worker(subject, cell, Number(port))

// An error that nobody awaits, as of a request that was given up, ends no measurement.
process.on('unhandledRejection', () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question
  try {
    console.log(JSON.stringify(await answer(question)))
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error) }))
  }
}
process.exit(0)

async function answer(question: Question): Promise<object> {
  if (question.do === 'start') return {}
  if (question.do === 'count') return count(subject)
  if (question.do === 'memory') return measureMemory(subject, question.connections, question.waiting)
  if (worker === undefined) throw new Error(`no cell is called ${cellId}`)
  return worker.run(question.ms, question.enough)
}

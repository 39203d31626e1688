// Entry of a process that sends one side's requests, a round at a time: see side.ts.
import { rate } from '../rounds.ts'
import type { Send } from '../subjects.ts'
import type { Round } from './side.ts'

const [module = '', choice = '[]'] = process.argv.slice(2)
const { open } = (await import(module)) as { open(...choice: unknown[]): Send | Promise<Send> }
const send = await open(...JSON.parse(choice))

process.on('message', async ({ requests, inFlight }: { requests: number; inFlight: number }) => {
  const before = process.cpuUsage()
  const perSecond = await rate(send, requests, inFlight)
  const { user, system } = process.cpuUsage(before)
  process.send?.({ perSecond, perCpuSecond: requests / ((user + system) / 1_000_000) } satisfies Round)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

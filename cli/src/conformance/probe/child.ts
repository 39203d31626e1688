// Entry of the probe's own process: see remote.ts.
import { LocalProbe } from './local.ts'
import type { ProbeCall, ProbeReply } from './messages.ts'

const probe = new LocalProbe()

process.on('message', async ({ id, command, args }: ProbeCall) => {
  const reply: ProbeReply = await call(command, args).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: String(error) }),
  )
  process.send?.(reply)
})

// The parent is gone: nothing is left to probe.
process.on('disconnect', () => process.exit())

function call(command: ProbeCall['command'], args: ProbeCall['args']): Promise<unknown> {
  const method = probe[command] as (...args: readonly unknown[]) => Promise<unknown>
  return method.apply(probe, [...args])
}

// Entry of the fault server's process: see ../fault-server.ts.
import { FaultOrigin } from './origin.ts'
import type { Call, Commands, Reply } from './script.ts'

const origins: FaultOrigin[] = []

function origin(id: number): FaultOrigin {
  const found = origins[id]
  if (found === undefined) throw new Error(`there is no origin ${id}`)
  return found
}

const commands: Commands = {
  async listen(script) {
    const made = new FaultOrigin(script)
    return { id: origins.push(made) - 1, port: await made.listen() }
  },
  report: async (id) => origin(id).report(),
  async openGate(id, gate) {
    origin(id).gates.release(gate)
  },
  async block(ms) {
    // Later, so that its reply is under way.
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms), 5)
  },
}

process.on('message', async ({ id, command, args }: Call) => {
  const call = commands[command] as (...args: readonly unknown[]) => Promise<unknown>
  const reply: Reply = await call(...args).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: String(error) }),
  )
  process.send?.(reply)
})

// The parent is gone: nobody is left to serve.
process.on('disconnect', () => process.exit())

import { hrtime, versions } from 'node:process'

/** Bun and Deno count `hrtime` from the start of the process; Node takes the machine's own clock. */
const ofTheMachine = !('bun' in versions || 'deno' in versions)

/**
 * Milliseconds, monotonic, and comparable between processes of one machine: the probe may run in its own. Only where there is no better
 * one it takes `timeOrigin`, which is the wall clock's at the start of each process: milliseconds apart when that was set between the
 * two, or when a process had to wait while it took it.
 */
export function probeNow(): number {
  if (!ofTheMachine) return performance.timeOrigin + performance.now()
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

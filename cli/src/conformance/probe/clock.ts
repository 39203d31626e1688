/** Milliseconds, monotonic, and comparable between processes of one machine: the probe may run in its own. */
export function probeNow(): number {
  return performance.timeOrigin + performance.now()
}

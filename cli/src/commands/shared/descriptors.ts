/** Descriptors that a process needs besides its pool: streams, event loop, files, and the sockets it listens on. */
export const reserve = 50

/**
 * How many descriptors one process may open here (`ulimit -n`); undefined where the system sets no limit or tells none.
 * Node raises its soft limit to the hard one at start, so this is what a service on Node gets.
 */
export function descriptorLimit(): number | undefined {
  // Newer than the types at hand.
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report
  // It would look up the names of network peers, which can take seconds.
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : undefined
}

// What one request costs in the core, however many wait and however many origins there are: `npm run bench:core`.
import { bench, run, summary } from 'mitata'
import { handOver, reuse } from './scale-core.ts'

summary(() => {
  for (const waiting of [10, 1_000, 100_000]) bench(`hand over, ${waiting} waiting`, handOver(waiting))
})
summary(() => {
  for (const origins of [1, 100, 5_000]) bench(`reuse, ${origins} origins`, reuse(origins))
})
await run()
process.exit(0)

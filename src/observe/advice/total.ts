import { mean, peak, shareOf } from './measured.ts'
import { type AdviceRule, fewest, largestStep, often, percent, round, type Suggestion, withHeadroom } from './suggestion.ts'

/** The total is reached while requests wait, or idle connections are closed to make room: more connections. */
export const raiseTotal: AdviceRule = ({ maxConnections }, { states, seconds, served, arrived, counts, hosts }) => {
  const wanted: { readonly connections: number; readonly reason: string }[] = []
  const full = shareOf(states, ({ open, idle, pending }) => pending > 0 && open - idle >= maxConnections)
  if (full.atLeast >= often && served >= fewest) {
    // Little's law: how long a request keeps a connection follows from how many were in use, and how many connections arrivals keep from that.
    const hold = mean(states.map(({ active }) => active)) / (served / seconds)
    const rate = arrived / seconds
    const most = peak(states.map(({ active, pending }) => active + pending))
    const waiting = mean(states.map(({ pending }) => pending))
    wanted.push({
      connections: Math.min(withHeadroom(most), withHeadroom(rate * hold)),
      reason:
        `in ${full.count} of ${full.of} samples all ${maxConnections} were in use and requests waited (${round(waiting)} on average); ` +
        `${round(rate)}/s × ${round(1000 * hold)} ms on a connection = ${round(rate * hold)} in use (Little's law), and 20 %`,
    })
  }
  const crowded = peak(states.map(({ open }) => open)) >= maxConnections
  const evictions = counts.evicted / Math.max(1, served)
  if (crowded && counts.evicted >= fewest && evictions >= often / 2) {
    const all = hosts.reduce((sum, { samples }) => sum + peak(samples.map(({ active }) => active)), 0)
    wanted.push({
      connections: withHeadroom(all),
      reason:
        `${counts.evicted} idle connections were closed to make room, one for every ${round(served / counts.evicted)} requests (${percent(counts.created / served)} ` +
        `of requests made a connect); ${hosts.length} hosts at their busiest kept ${all} in use together, and 20 %`,
    })
  }
  return raised('maxConnections', maxConnections, wanted)
}

/** The larger of two reasons counts, and both are told. */
function raised(
  field: Suggestion['field'],
  current: number,
  wanted: readonly { readonly connections: number; readonly reason: string }[],
): Suggestion[] {
  const more = wanted.filter(({ connections }) => connections > current)
  if (more.length === 0) return []
  const most = peak(more.map(({ connections }) => connections))
  const suggested = Math.min(most, largestStep * current)
  const step = suggested < most ? `. Twice as many at first: measure again` : ''
  return [{ field, current, suggested, reason: `${more.map(({ reason }) => reason).join('; ')}${step}` }]
}

/** Seldom is a limit so far from what is used that nobody would notice one of half: then it protects no server. */
export const lowerTotal: AdviceRule = ({ maxConnections }, { states, served, seconds, counts }) => {
  const open = peak(states.map((state) => state.open))
  const refused = counts.acquireTimeouts + counts.rejected + counts.evicted
  const waited = states.some(({ pending }) => pending > 0)
  const suggested = Math.max(1, withHeadroom(open))
  if (states.length < samplesToLower || served < fewest || waited || refused > 0) return []
  if (!Number.isFinite(maxConnections) || suggested > maxConnections / largestStep) return []
  return [
    {
      field: 'maxConnections',
      current: maxConnections,
      suggested,
      reason:
        `at most ${open} were open in ${states.length} samples of ${round(seconds)} s, and nothing waited; with 20 % more. ` +
        `So many samples miss what lasts for less than ${percent(3 / states.length)} of the time: let them cover your busiest hour`,
    },
  ]
}

/** What was not seen in so many samples is, at 95 %, there for less than a tenth of the time. */
const samplesToLower = 30

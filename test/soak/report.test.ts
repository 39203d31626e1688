import { expect, test } from 'vitest'
import { fewest, judged, summary } from './report.ts'
import type { Sample } from './samples.ts'

const traffic = { outcomes: new Map(), requests: 0, opened: 0, changes: { reconfigured: 0, replaced: 0, reopened: 0 } }

/** As many samples, each with so many bytes more than the one before. */
const series = (count: number, bytes = 0): Sample[] =>
  Array.from({ length: count }, (_, at) => ({
    heap: at * bytes,
    external: 0,
    pools: 0,
    connections: 0,
    lanes: 0,
    requests: 0,
  }))

function judge(minutes: number, samples: readonly Sample[], rested: readonly Sample[], before: readonly string[] = []) {
  const all = [...before]
  const findings = { all, add: (problem: string) => void all.push(problem) }
  return { text: summary({ minutes, traffic, samples, rested, findings }), all }
}

test('a soak that is long enough and has too few samples to judge growth has failed', () => {
  const missing = (when: string) => `growth with ${when} was not judged: ${fewest - 1} samples, at least ${fewest} are needed`
  expect(judge(judged, series(fewest), series(fewest)).all).toEqual([])
  expect(judge(judged, series(fewest - 1), series(fewest)).all).toEqual([missing('pools open')])
  expect(judge(judged, series(fewest), series(fewest - 1)).all).toEqual([missing('pools closed')])
  // One that was cut short by a finding has failed already.
  expect(judge(judged, series(1), series(1), ['cap broken']).all).toEqual(['cap broken'])
})

test('a shorter one says that growth was not judged', () => {
  const { text, all } = judge(judged / 2, series(fewest - 1), series(fewest))
  expect(all).toEqual([])
  expect(text).toContain('growth with pools open was not judged')
  expect(text).not.toContain('growth with pools closed was not judged')
})

test('what grows is found, with pools open and closed', () => {
  expect(judge(judged, series(12, 4_000_000), series(12)).all).toMatchObject(
    [/^heap, pools open, grow by 16\.00 MB/].map(matching),
  )
  expect(judge(judged, series(12), series(12, 400_000)).all).toMatchObject(
    [/^heap, pools closed, grow by 1\.60 MB/].map(matching),
  )
})

const matching = (pattern: RegExp) => expect.stringMatching(pattern)

import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { picturesOf } from '../../bench/compare/pictures.ts'
import { percentile, promiseNames, type Results, rounded, type Series, spreadOf } from '../../bench/compare/results.ts'
import { losses, sectionsOf, table } from '../../bench/compare/tables.ts'
import { Member } from '../../bench/compare/team.ts'
import { dots } from '../../bench/plots/dots.ts'
import { brief, ticks } from '../../bench/plots/page.ts'
import { root } from '../../scripts/root.ts'
import { withSection } from '../../scripts/write-section.ts'
import { Random } from '../random.ts'

describe('statistics', () => {
  it('a median is in the middle, of an even number between the two there', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ median: 5, lowest: 1, highest: 9 })
    expect(spreadOf([10, 1, 2, 4])).toEqual({ median: 3, lowest: 1, highest: 10 })
    expect(spreadOf([]).median).toBeNaN()
  })

  it('a percentile is the first value that so many are not above, as by counting', () => {
    const random = new Random(7)
    for (let turn = 0; turn < 200; turn++) {
      const values = Array.from({ length: random.whole(1, 150) }, () => random.whole(0, 40)).sort((a, b) => a - b)
      const share = random.pick([0.5, 0.9, 0.99, 1])
      const counted = values.find((value) => values.filter((other) => other <= value).length >= share * values.length)
      expect(percentile(values, share)).toBe(counted)
    }
  })

  it('rounds to digits, not to decimals', () => {
    expect([rounded(12_345.6), rounded(0.012_345_6), rounded(7.8, 1)]).toEqual([12_350, 0.012_35, 8])
  })
})

const series = (...rate: number[]): Series => {
  const same = (value: number) => rate.map(() => value)
  return {
    rate,
    answers: same(100),
    p50: same(1.5),
    p99: same(30),
    cpu: same(250),
    opened: same(2),
    open: same(20),
    server: same(0.12),
    errors: same(0),
  }
}

const kept = { kept: true, seen: '4 at one time', by: 'limit' }
const results: Results = {
  machine: { cpu: 'Some | CPU', cores: 2, node: '24.0.0', load: 0.2 },
  server: 'nginx',
  rounds: 3,
  roundMs: 300,
  versions: { undici: '8.0.0' },
  cells: {
    'one-host': {
      'polypool (undici)': series(100, 200, 300),
      'p-limit (undici)': series(150, 240, 900),
      'bottleneck (undici)': series(50, 300, 310),
      'cockatiel (undici)': { failed: 'no end within 10 s' },
      // Of another client, however fast.
      'http.Agent (node:http)': series(1000, 1000, 1000),
    },
  },
  promises: {
    'polypool (undici)': Object.fromEntries(promiseNames.map((name) => [name, kept])),
    'p-limit (undici)': { perHost: kept, total: { kept: false, seen: '12 at one time', by: 'concurrency' } },
    'cockatiel (undici)': { failed: 'it broke' },
  },
  memory: { 'polypool (undici)': { connection: 8000, waiting: 600 }, 'opossum (undici)': { connection: 7000, waiting: null } },
  python: {},
}

describe('tables', () => {
  it('a row has the medians, their spread, and counts for a thousand answers', () => {
    const rows = sectionsOf(results).cells?.split('\n') ?? []
    expect(rows).toContain('| **polypool (undici)** | 200 | 100 – 300 | 1.5 | 30 | 250 | 20 | 20 | 12 % |')
    expect(rows).toContain('| cockatiel (undici) | failed: no end within 10 s |  |  |  |  |  |  |  |')
  })

  it('what is faster is named, by the rounds and with the same client alone, and what it breaks with it', () => {
    const rows = losses(results).split('\n').slice(2)
    // 1.5, 1.2, 3 times; 0.5, 1.5, 1.03 is not enough.
    expect(rows).toEqual([
      '| One host | p-limit (undici) | **1.50** | cap on the total, cap under aborts, deadline of the queue, bound of the queue, limit of idle connections, reuse |',
    ])
    const none = { ...results, cells: { 'one-host': { 'polypool (undici)': series(2), 'p-limit (undici)': series(1) } } }
    expect(losses(none)).toMatch(/^Nothing answered more/)
  })

  it('promises are held, broken or not there, and a failure has its reason', () => {
    const { promises = '' } = sectionsOf(results)
    expect(promises).toContain('| p-limit (undici) | ✗ 12 at one time | ✓ 4 at one time | – | – | – | – | – |')
    expect(promises).toContain('| cockatiel (undici) | failed: it broke |')
    expect(promises).toContain('- p-limit (undici): concurrency; limit')
  })

  it('what nobody waits for has no figure, and a machine with other work says so', () => {
    expect(sectionsOf(results).memory).toContain('| opossum (undici) | 7,000 | none waits |')
    expect(sectionsOf(results).machine).not.toContain('other work')
    expect(sectionsOf({ ...results, machine: { ...results.machine, load: 5 } }).machine).toContain('other work')
  })

  it('a name cannot break a table', () => {
    expect(table(['a'], [['x | y']])).toContain('| x \\| y |')
  })
})

describe('plots', () => {
  const value = (median: number) => ({ median, lowest: median / 2, highest: median * 2 })
  const picture = (own: number) =>
    dots('T', [
      {
        title: 'P & Q',
        rows: [
          { label: 'mine', own: true, value: value(own) },
          { label: 'theirs', own: false, value: value(50) },
          { label: 'none', own: false, value: 'failed: <it>' },
        ],
      },
    ])
  const at = (svg: string, name: string) => Number(new RegExp(`class="${name}" cx="([\\d.]+)"`).exec(svg)?.[1])

  it('dots lie by their values, from zero', () => {
    const [less, same] = [picture(25), picture(50)]
    expect(at(same, 'own')).toBe(at(same, 'other'))
    const zero = 200
    expect((at(less, 'own') - zero) / (at(less, 'other') - zero)).toBeCloseTo(0.5, 2)
  })

  it('follow light and dark, tell what failed, and are XML', () => {
    const svg = picture(25)
    expect(svg).toContain('@media (prefers-color-scheme: dark)')
    expect(svg).toContain('failed: &lt;it&gt;')
    expect(svg).toContain('P &amp; Q')
    // No colour but the variables of both styles.
    expect(svg.slice(svg.indexOf('</style>'))).not.toMatch(/(?:fill|stroke)="|#[0-9a-f]{3}/)
  })

  it('axes have a few round numbers', () => {
    expect(ticks(1000)).toEqual([0, 500, 1000])
    expect(ticks(0.9)).toEqual([0, 0.5])
    expect(ticks(0)).toEqual([0])
    expect([brief(12_345), brief(999), brief(0.333_3)]).toEqual(['12.3k', '999', '0.333'])
  })
})

describe('docs/benchmarks.md', () => {
  const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
  const data = JSON.parse(read('docs/benchmarks.json')) as Results

  test.each(Object.keys(sectionsOf(data)))('section %s is drawn from docs/benchmarks.json', (name) => {
    const file = new URL('docs/benchmarks.md', root)
    expect(withSection(file, name, sectionsOf(data)[name] ?? '')).toBe(read('docs/benchmarks.md'))
  })

  test.each(Object.keys(picturesOf(data)))('%s is drawn from it, and shown', (file) => {
    expect(read(`docs/${file}`)).toBe(picturesOf(data)[file])
    expect(read('docs/benchmarks.md')).toContain(`](${file})`)
  })

  test('nothing of the machine but what it is', () => {
    expect(Object.keys(data.machine).sort()).toEqual(['cores', 'cpu', 'load', 'node'])
    expect(read('docs/benchmarks.json')).not.toMatch(/\/(?:home|work|root|tmp|usr)\b/)
  })
})

describe('a member', () => {
  const node = (script: string) => new Member('one', process.execPath, ['-e', script])

  it('that ends says why, and is not asked again', async () => {
    const member = node('process.stdin.on("data", () => { throw new Error("broken") })')
    expect(await member.ask({}, 60_000)).toEqual({ failed: 'the process ended by 1: Error: broken' })
    expect(await member.ask({}, 60_000)).toEqual({ failed: 'the process ended by 1: Error: broken' })
  })

  it('that answers nothing is ended', async () => {
    const member = node('process.stdin.resume()')
    expect(await member.ask({}, 300)).toEqual({ failed: expect.stringMatching(/^no end within/) })
    await member.end()
  })

  it('that does not exist is a failure', async () => {
    const member = new Member('none', 'no-such-program-anywhere', [])
    expect(await member.ask({}, 60_000)).toEqual({ failed: expect.stringContaining('ENOENT') })
  })
})

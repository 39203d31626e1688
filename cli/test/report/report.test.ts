import { describe, expect, it } from 'vitest'
import type { Installed } from '../../src/commands/verify/installed.ts'
import type { Case } from '../../src/conformance/plan.ts'
import type { Result } from '../../src/conformance/run-case.ts'
import { element, escapeHtml } from '../../src/report/html.ts'
import { cellText, matrixOf } from '../../src/report/matrix.ts'
import { type Report, reportPage } from '../../src/report/page.ts'
import { timelineSvg } from '../../src/report/svg.ts'
import { lanesOf, type Timeline, waitingOver } from '../../src/report/timeline.ts'

const connection = (opened: number, closed: number | null, ...busy: [number, number][]) => ({
  host: 0,
  opened,
  closed,
  busy: busy.map(([from, to]) => ({ from, to })),
})

const timeline: Timeline = {
  client: 'axios',
  duration: 1000,
  connections: [
    connection(0, 400, [0, 100], [150, 300]),
    { ...connection(10, null, [20, 900]), host: 1 },
    connection(400, 800, [410, 500]),
  ],
  requests: [
    { sent: 0, left: 5, outcome: 'answered' },
    { sent: 0, left: 20, outcome: 'answered' },
    { sent: 100, left: 350, outcome: 'acquire timeout' },
    { sent: 100, left: 351, outcome: 'refused' },
  ],
  phases: [
    { name: 'load', from: 0, to: 500 },
    { name: 'silence', from: 500, to: 1000 },
  ],
  measured: { opened: 3, peak: 2, peakPerHost: 1, idleLeft: 1, expiry: 300, acquireTimeouts: 1, refused: 1, failed: 0 },
  breaches: [],
}

const installed = (client: Installed['client'], version: string): Installed => ({ client, package: client, version })

const report: Report = {
  polypool: '1.2.3',
  node: '24.0.0',
  date: new Date('2030-01-02T03:04:05Z'),
  clients: [installed('axios', '1.21.1'), installed('got', '16.1.0')],
  matrix: [
    {
      title: 'Rules',
      rows: [
        {
          label: '1 a cap is a cap',
          cells: { axios: { passed: 9, failed: 0, absent: 0 }, got: { passed: 7, failed: 2, absent: 0 } },
        },
        {
          label: '2 no starvation',
          cells: { axios: { passed: 0, failed: 0, absent: 1 }, got: { passed: 0, failed: 0, absent: 0 } },
        },
      ],
    },
  ],
  failures: [{ client: 'got', scenario: 'caps/total', title: '<b>never</b>', message: 'expected 3 & got "4"' }],
  counts: { passed: 16, failed: 2, absent: 1 },
  timelines: [timeline],
  config: { maxConnections: 2, hosts: { '</pre><script>alert(1)</script>': {} } },
  configSource: 'of pool <i>x</i>',
  maxConnections: 2,
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length

describe('the page', () => {
  const page = reportPage(report)

  it('needs nothing from elsewhere and runs nothing', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|image|use|base)\b/i)
    expect(page).not.toMatch(/\b(src|href|xlink:href|action|on\w+)=/i)
    expect(page).not.toMatch(/url\(|@import|https?:/i)
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`)
  })

  it('shows every text as text', () => {
    expect(page).toContain('&lt;b&gt;never&lt;/b&gt;')
    expect(page).toContain('expected 3 &amp; got &quot;4&quot;')
    expect(page).toContain('of pool &lt;i&gt;x&lt;/i&gt;')
    expect(page).toContain('&lt;/pre&gt;&lt;script&gt;')
  })

  it('is well formed: what opens closes, in order', () => {
    const open: string[] = []
    for (const [, close, name = '', rest = ''] of page.matchAll(/<(\/)?([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi)) {
      if (name === 'meta' || rest.endsWith('/')) continue
      if (close) expect(open.pop()).toBe(name)
      else open.push(name)
    }
    expect(open).toEqual([])
  })

  it('has the matrix, with a state for each cell that does not depend on colour', () => {
    const table = /<table class="matrix">.*?<\/table>/s.exec(page)?.[0] ?? ''
    expect(count(table, /<th scope="col">/g)).toBe(3)
    expect(count(table, /<th scope="row">/g)).toBe(2)
    expect([...table.matchAll(/<td class="(\w+)">([^<]*)<\/td>/g)].map(([, state, text]) => [state, text])).toEqual([
      ['passed', '✓ 9'],
      ['failed', '✗ 2 of 9'],
      ['absent', 'absent'],
      ['none', '–'],
    ])
    expect(table).toContain('<span class="quiet">16.1.0</span>')
  })

  it('says the verdict first', () => {
    expect(page).toMatch(
      /<p class="verdict bad">16 checks on the wire passed, 2 failed, 1 can’t be done by the client; every limit of the workload held\.</,
    )
    const good = reportPage({ ...report, counts: { passed: 5, failed: 0, absent: 0 }, failures: [], timelines: [] })
    expect(good).toContain('<p class="verdict good">5 checks on the wire passed, 0 failed.</p>')
    expect(good).not.toContain('What failed')
    const broken = reportPage({
      ...report,
      counts: { passed: 5, failed: 0, absent: 0 },
      timelines: [{ ...timeline, breaches: ['7 at once'] }],
    })
    expect(broken).toContain('<p class="verdict bad">5 checks on the wire passed, 0 failed; 1 limit of the workload broke.</p>')
    expect(broken).toContain('<span class="bad">7 at once</span>')
  })

  it('gives every colour of the light scheme a dark one', () => {
    const [light = '', dark = ''] = page.split('@media (prefers-color-scheme: dark)')
    const names = (css: string) => [...css.matchAll(/(--\w+[-\w]*): ?#/g)].map(([, name]) => name).sort()
    expect(names(light).length).toBeGreaterThan(10)
    expect(names(dark)).toEqual(names(light))
    expect(page).toContain('<meta name="color-scheme" content="light dark">')
  })
})

describe('the timeline', () => {
  const svg = timelineSvg(timeline, 2)

  it('draws each connection: opened, busy, idle, closed', () => {
    expect(count(svg, /<g class="connection host0">/g)).toBe(2)
    expect(count(svg, /<g class="connection host1">/g)).toBe(1)
    expect(count(svg, /class="idle"/g)).toBe(3)
    expect(count(svg, /class="busy"/g)).toBe(4)
    expect(count(svg, /class="opened"/g)).toBe(3)
    expect(count(svg, /class="closed"/g)).toBe(2)
    expect(svg).toContain('<title>connection 1 to host A: opened at 0 ms, closed at 400 ms, 2 requests</title>')
    expect(svg).toContain('still open')
  })

  it('draws at the right place', () => {
    const [first] = [...svg.matchAll(/class="busy" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)]
    // 1000 px less 44 left and 12 right for 1000 ms.
    expect([Number(first?.[1]), Number(first?.[2])]).toEqual([44, 94.4])
  })

  it('draws the waiting requests, those that gave up, and the limit', () => {
    expect(svg).toContain('waiting requests, 2 at most')
    expect(count(svg, /class="gave-up"/g)).toBe(2)
    expect(svg).toContain('<title>acquire timeout at 350 ms</title>')
    expect(svg).toContain('>maxConnections 2</text>')
    expect(timelineSvg(timeline, 100)).not.toContain('class="limit"')
  })

  it('is described for those who can not see it', () => {
    expect(svg).toMatch(
      /<svg [^>]*role="img"[^>]*><title>axios: 3 connections opened, at most 2 open at one time, at most 2 requests waiting<\/title>/,
    )
  })

  it('has coordinates only, whatever happened', () => {
    const empty: Timeline = { ...timeline, connections: [], requests: [], phases: [] }
    for (const drawing of [svg, timelineSvg(empty, 2), timelineSvg({ ...timeline, duration: 5 }, Number.POSITIVE_INFINITY)]) {
      expect(drawing).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('needs as many rows as connections were open at one time', () => {
    expect(lanesOf(timeline.connections).map(({ lane }) => lane)).toEqual([0, 1, 0])
    expect(svg).toContain('data-rows="2"')
    expect(lanesOf([connection(0, 10), connection(9, 20), connection(10, 30)]).map(({ lane }) => lane)).toEqual([0, 1, 0])
  })

  it('counts who waits', () => {
    expect(waitingOver(timeline.requests).at(-1)).toEqual({ at: 351, count: 0 })
    expect(Math.max(...waitingOver(timeline.requests).map(({ count }) => count))).toBe(2)
  })
})

describe('the matrix', () => {
  const scenario = (id: string, covers: Case['scenario']['covers']): Case['scenario'] => ({
    id,
    title: id,
    covers,
    run: async () => {},
  })
  const cases = ['axios', 'got'].flatMap((client) =>
    [scenario('caps/a', ['maxConnections', 'rule-1']), scenario('caps/b', ['rule-1', 'trap:x'])].map(
      (one) => ({ client: { name: client }, scenario: one, scheme: 'http', peer: null, name: one.id }) as Case,
    ),
  )
  const result = (client: string, name: string, status: Result['status']): Result => ({
    client,
    scenario: name,
    status,
    ms: 1,
    error: null,
  })

  it('counts a scenario wherever it covers something, and leaves out what nothing covers', () => {
    const results = [result('axios', 'caps/a', 'passed'), result('axios', 'caps/b', 'failed'), result('got', 'caps/a', 'absent')]
    const groups = matrixOf(cases, results, ['axios', 'got'])
    const shown = groups.flatMap(({ title, rows }) =>
      rows.map(({ label, cells }) => [title, label, ...Object.values(cells).map(cellText)]),
    )
    expect(shown).toEqual([
      ['Rules', '1 a cap is a cap', '✗ 1 of 2', 'absent'],
      ['Fields', 'maxConnections', '✓ 1', 'absent'],
      ['Besides', 'known traps of clients', '✗ 1 of 1', '–'],
    ])
  })
})

describe('html', () => {
  it('escapes attributes and controls', () => {
    expect(element('rect', { class: '"><x', y: 1.234, z: undefined })).toBe('<rect class="&quot;&gt;&lt;x" y="1.2"/>')
    expect(escapeHtml('a\u0000b\u001bc\td')).toBe('a\ufffdb\ufffdc\td')
  })
})

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../scripts/root.ts'
import { findProgram, folderFor, freePort, type Started, startProgram } from '../programs.ts'
import { examples, start } from './run.ts'

const read = (file: string) => readFileSync(new URL(`examples/${file}`, root), 'utf8')

const example = examples.find(({ name }) => name === 'metrics') ?? expect.unreachable('there is no examples/metrics')

let service: ReturnType<typeof start>
let url = ''
let ended: Promise<unknown[]>

beforeAll(async () => {
  service = start(example, { PORT: '0' })
  ended = once(service, 'exit')
  const [line] = (await once(createInterface({ input: service.stdout }), 'line')) as [string]
  url = /http:\S+$/.exec(line)?.[0] ?? ''
})

afterAll(() => void service.kill('SIGKILL'))

/** Until all its connections are in use, and requests wait. */
async function scraped(): Promise<string[]> {
  for (;;) {
    const text = await (await fetch(url)).text()
    if (/^polypool_pending_requests.* [1-9]/m.test(text)) return text.split('\n')
  }
}

describe('examples/metrics', () => {
  it('shows what its README says', async () => {
    const lines = await scraped()
    for (const pattern of example.seen) expect(lines).toContainEqual(expect.stringMatching(pattern))
  })

  it('gives its Prometheus and its Grafana files that are there', () => {
    const services = Object.values(
      (parse(read('metrics/compose.yaml')) as { services: Record<string, { volumes: string[] }> }).services,
    )
    const mounted = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    expect(mounted.length).toBeGreaterThan(0)
    for (const file of mounted) expect(read(path.posix.join('metrics', file))).not.toBe('')
  })
})

interface Scrapes {
  readonly rule_files: readonly string[]
  readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[]
}

const [prometheus, promtool] = ['prometheus', 'promtool'].map(findProgram)

describe.runIf(prometheus !== undefined && promtool !== undefined)('Prometheus itself', () => {
  let program: Started
  let api = ''

  /** The example's own config, for the service where it is now, and asking often. */
  beforeAll(async () => {
    const folder = folderFor('prometheus')
    const text = read('metrics/prometheus.yml')
    const { scrape_configs: scrapes } = parse(text) as Scrapes
    const [target = ''] = scrapes[0]?.static_configs[0]?.targets ?? []
    writeFileSync(path.join(folder, 'alerts.yaml'), read('prometheus/alerts.yaml'))
    const config = text.replace(target, new URL(url).host).replace('scrape_interval: 5s', 'scrape_interval: 200ms')
    writeFileSync(path.join(folder, 'prometheus.yml'), config)
    execFileSync(promtool ?? '', ['check', 'config', 'prometheus.yml'], { cwd: folder, stdio: 'pipe' })
    const port = await freePort()
    const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`]
    program = await startProgram(prometheus ?? '', args, port, folder)
    api = `http://127.0.0.1:${port}/api/v1`
  })
  afterAll(() => program?.stop())

  async function ask(
    question: string,
  ): Promise<{ status: string; data: { result: { metric: object; value: [number, string] }[] } }> {
    return (await fetch(`${api}/${question}`)).json() as ReturnType<typeof ask>
  }
  const query = async (expr: string) => ask(`query?query=${encodeURIComponent(expr)}`)

  it('scrapes the service by the config of the example', async () => {
    await expect.poll(async () => (await query('polypool_limit_connections{job="shop"}')).data?.result.length ?? 0).toBe(1)
    const { data } = await query('polypool_limit_connections')
    expect(data.result[0]).toMatchObject({ metric: { job: 'shop', pool: 'orders' }, value: [expect.any(Number), '10'] })
  })

  it('has the alerts', async () => {
    const { data } = (await ask('rules')) as unknown as { data: { groups: { rules: { name: string; health: string }[] }[] } }
    const expected = (parse(read('prometheus/alerts.yaml')) as { groups: { rules: { alert: string }[] }[] }).groups
    expect(data.groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual(
      expected.flatMap(({ rules }) => rules.map(({ alert }) => alert)),
    )
  })

  interface Panel {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }

  it('answers what every panel of the dashboard asks', async () => {
    const { panels } = JSON.parse(read('grafana/polypool.json')) as { panels: readonly Panel[] }
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        const asked = expr.replaceAll(/\$(?:job|instance|pool)\b/g, '.*').replaceAll('$__rate_interval', '1m')
        await expect
          .poll(async () => (await query(asked)).data?.result.length ?? 0, { message: `${title}: ${asked}` })
          .toBeGreaterThan(0)
      }
    }
  })
})

// The last one: nobody scrapes any more.
it('examples/metrics ends by itself when it is told to', async () => {
  service.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

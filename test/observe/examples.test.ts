import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { root } from '../../scripts/root.ts'
import { defaultPrefix, type Metric, metrics } from '../../src/observe/metrics.ts'
import { findProgram, folderFor } from '../programs.ts'

const read = (file: string) => readFileSync(new URL(file, root), 'utf8')

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}
interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

const alertsFile = 'examples/prometheus/alerts.yaml'
const dashboard = JSON.parse(read('examples/grafana/polypool.json')) as Dashboard
const alerts = (parse(read(alertsFile)) as Alerts).groups.flatMap(({ rules }) => rules)

const targets = dashboard.panels.flatMap(({ title, targets: own }) => own.map((target) => ({ name: title, ...target })))
const expressions = [...targets, ...alerts.map(({ alert, expr }) => ({ name: alert, expr }))]

/** Of the scrape itself, and of buckets. */
const always = ['job', 'instance', 'le']

/** Names in an expression, as pools export them. */
function metricsIn(expr: string): { readonly name: string; readonly metric: Metric | undefined }[] {
  const names = [...expr.matchAll(/\bpolypool_\w+/g)].map(([name]) => name)
  return names.map((name) => ({ name, metric: all.get(name) }))
}

const all = new Map(
  Object.values<Metric>(metrics).flatMap((metric) => {
    if (metric.name === undefined) return []
    const name = `${defaultPrefix}${metric.name}`
    const exported = metric.kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
    return exported.map((one) => [one, metric] as const)
  }),
)

describe('the dashboard and the alerts', () => {
  it.each(expressions)('ask for metrics that there are, by labels that they have: $name', ({ expr }) => {
    const asked = metricsIn(expr)
    expect(asked.length).toBeGreaterThan(0)
    for (const { name, metric } of asked) expect(metric, name).toBeDefined()
    const labels = new Set([...asked.flatMap(({ metric }) => metric?.labels ?? []), ...always])
    const lists = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
    const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label)
    expect([...lists, ...matched].filter((label) => !labels.has(label))).toEqual([])
  })

  it('name what each line shows by labels that are left', () => {
    for (const { name, expr, legendFormat } of targets) {
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
      const [, list = ''] = /\bby\s*\(([^)]*)\)/.exec(expr) ?? []
      expect(
        shown.filter((label) => !list.split(/,\s*/).includes(label ?? '')),
        name,
      ).toEqual([])
    }
  })

  it('are told of every alert in the docs', () => {
    for (const { alert } of alerts) expect(read('docs/operate.md')).toContain(`\`${alert}\``)
  })
})

const promtool = findProgram('promtool')

/** A rule file, or a test of one, beside the alerts. */
function check(name: string, content: object, command: 'check' | 'test'): string {
  const folder = folderFor('promtool')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'alerts.yaml'), read(alertsFile))
  writeFileSync(path.join(folder, name), stringify(content))
  return execFileSync(promtool ?? '', [command, 'rules', name], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}

describe.runIf(promtool !== undefined)('promtool', () => {
  it('accepts the alerts, and every expression of the dashboard as a rule', () => {
    const rules = targets.map(({ expr }, index) => ({
      record: `panel:${index}`,
      expr: expr.replaceAll(/\$(?:job|instance|pool)\b/g, '.*').replaceAll('$__rate_interval', '5m'),
    }))
    expect(check('panels.yaml', { groups: [{ name: 'panels', rules }] }, 'check')).toContain(`${rules.length} rules found`)
    expect(check('own.yaml', parse(read(alertsFile)) as object, 'check')).toContain(`${alerts.length} rules found`)
  })

  const labels = 'job="shop",instance="a:1",pool="orders"'
  const series = (name: string, values: string, more = '') => ({ series: `polypool_${name}{${labels}${more}}`, values })
  const steady = [
    series('limit_connections', '10x30'),
    series('connections', '4x30', ',host="https://a:443",state="active"'),
    series('connections', '3x30', ',host="https://a:443",state="idle"'),
    series('pending_requests', '0x30', ',host="https://a:443"'),
    series('ready_missing_connections', '0x30', ',host="https://a:443"'),
    series('created_total', '0+1x30'),
    series('reused_total', '0+600x30'),
    series('evicted_total', '0x30'),
    series('acquire_timeouts_total', '0x30'),
    series('rejected_total', '0x30'),
    series('acquire_duration_seconds_bucket', '0+600x30', ',le="1"'),
    series('acquire_duration_seconds_bucket', '0+600x30', ',le="5"'),
    series('acquire_duration_seconds_bucket', '0+600x30', ',le="+Inf"'),
  ]

  /** The same with other values for some. */
  const but = (...changes: readonly { series: string; values: string }[]) => {
    return steady.map((one) => changes.find(({ series: changed }) => changed === one.series) ?? one)
  }

  it.each([
    ['nothing', []],
    [
      'PolypoolExhausted',
      [
        series('connections', '10x30', ',host="https://a:443",state="active"'),
        series('pending_requests', '3x30', ',host="https://a:443"'),
      ],
    ],
    ['PolypoolAcquireTimeouts', [series('acquire_timeouts_total', '0+1x30')]],
    ['PolypoolRejected', [series('rejected_total', '0+1x30')]],
    ['PolypoolSlowAcquire', [series('acquire_duration_seconds_bucket', '0+500x30', ',le="1"')]],
    ['PolypoolConnectsPerRequest', [series('created_total', '0+700x30')]],
    ['PolypoolEvictions', [series('evicted_total', '0+100x30')]],
    ['PolypoolNotReady', [series('ready_missing_connections', '2x30', ',host="https://a:443"')]],
  ] as const)('fires %s, and nothing else, when it is so', (expected, changes) => {
    const firing = alerts.map(({ alert }) => ({
      eval_time: '25m',
      alertname: alert,
      exp_alerts: [] as object[],
    }))
    const tests = {
      rule_files: ['alerts.yaml'],
      evaluation_interval: '1m',
      tests: [{ interval: '1m', input_series: but(...changes), alert_rule_test: firing }],
    }
    let output = ''
    try {
      output = check('test.yaml', tests, 'test')
    } catch (error) {
      output = String((error as { stdout?: string }).stdout) + String((error as { stderr?: string }).stderr)
    }
    // Of each alert that was not to fire promtool tells that it did.
    const fired = alerts.map(({ alert }) => alert).filter((alert) => new RegExp(`alertname: ${alert}\\b`).test(output))
    expect(fired).toEqual(expected === 'nothing' ? [] : [expected])
    expect(output).toContain(expected === 'nothing' ? 'SUCCESS' : 'FAILED')
  })
})

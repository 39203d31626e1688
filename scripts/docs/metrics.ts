import { defaultPrefix, type Metric, metrics } from '../../src/observe/metrics.ts'

/** One line for each metric, with its name at both. */
export function metricTable(): string {
  const rows = Object.values<Metric>(metrics).map(({ name, otel, kind, unit, help, labels, attributes }) => {
    const prometheus = name === undefined ? '' : `\`${defaultPrefix}${name}{${labels.join(',')}}\``
    const other =
      otel === undefined ? '' : `\`${otel}\` (${unit}) by ${attributes.map((attribute) => `\`${attribute}\``).join(', ')}`
    return `| ${prometheus} | ${other} | ${kind} | ${help} |`
  })
  return ['| Prometheus | OpenTelemetry | kind | what it tells |', '|---|---|---|---|', ...rows].join('\n')
}

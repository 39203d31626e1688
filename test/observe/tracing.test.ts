import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SpanKind } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import type { Told } from './children/traced.ts'

let running: Promise<Told[]> | undefined

/** In a process of its own: the instrumentations change modules of Node. */
function run(): Promise<Told[]> {
  running ??= promisify(execFile)(process.execPath, [fileURLToPath(new URL('children/traced.ts', import.meta.url))]).then(
    ({ stdout }) => JSON.parse(stdout) as Told[],
  )
  return running
}

describe.each(['node-http', 'undici'])('%s with the instrumentations of OpenTelemetry', (client) => {
  const told = async () => {
    const found = (await run()).find((one) => one.client === client)
    if (found === undefined) throw new Error('it did not run')
    return found
  }

  it.each(['first', 'second'])('gives the %s request a span, within that of its caller', async (name) => {
    const { spans, seen } = await told()
    const caller = spans.find((span) => span.kind === SpanKind.INTERNAL && span.name === name)
    const [span, ...more] = spans.filter(({ kind, path }) => kind === SpanKind.CLIENT && String(path).endsWith(`/${name}`))
    expect(more).toEqual([])
    expect(span?.parent).toBe(caller?.id)
    // And tells the server of it.
    const [asked] = seen.filter(({ url }) => url === `/${name}`)
    expect(asked?.traceparent.split('-')[2]).toBe(span?.id)
  })

  it('counts the wait for a connection to the span', async () => {
    const { spans, released, seen } = await told()
    const span = spans.find(({ kind, path }) => kind === SpanKind.CLIENT && String(path).endsWith('/second'))
    const asked = seen.find(({ url }) => url === '/second')
    expect(span?.from).toBeLessThanOrEqual(released)
    expect(asked?.at).toBeGreaterThanOrEqual(released)
    expect(span?.to).toBeGreaterThanOrEqual(released)
  })
})

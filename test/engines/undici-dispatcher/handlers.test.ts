import { describe, expect, test } from 'vitest'
import { type Generation, listenBy, type Native, open, serve, versions } from './harness.ts'

const methods: { readonly [G in Generation]: readonly string[] } = {
  modern: [
    'onRequestStart',
    'onResponseError',
    'onBodySent',
    'onRequestSent',
    'onRequestUpgrade',
    'onResponseStart',
    'onResponseData',
    'onResponseEnd',
  ],
  legacy: ['onConnect', 'onError', 'onBodySent', 'onUpgrade', 'onHeaders', 'onData', 'onComplete'],
}

type Methods = { [method: string]: unknown }

/** A whole handler without, or with nonsense in the place of, one method. */
const brokenBy = (generation: Generation) =>
  methods[generation].flatMap((method) =>
    [undefined, null, 'no function'].map((value) => [`${method}: ${value}`, method, value] as const),
  )

const requests = [
  ['a request', { path: '/', method: 'GET' }],
  ['CONNECT', { path: 'localhost:1', method: 'CONNECT' }],
  ['an upgrade', { path: '/', method: 'GET', upgrade: 'x' }],
  ['a bad upgrade', { path: '/', method: 'GET', upgrade: 'x\r\ny: z' }],
  ['a bad path', { path: 'x', method: 'GET' }],
] as const

/** Of what a dispatcher makes of a handler: what it throws, or tells the handler at once. */
function verdict(dispatcher: Native, options: object, generation: Generation, change: Methods): unknown {
  const told: string[] = []
  const tell = (...args: unknown[]) => void told.push((args.at(-1) as Error).message)
  const handler = { ...listenBy(generation).handler, ...whole[generation], ...telling(generation, tell), ...change }
  try {
    dispatcher.dispatch(options, handler)
  } catch (error) {
    return { thrown: (error as Error).message, told }
  }
  return { told }
}

const whole: { readonly [G in Generation]: Methods } = { modern: { onRequestUpgrade() {} }, legacy: { onUpgrade() {} } }

const telling = (generation: Generation, tell: (...args: unknown[]) => void): Methods =>
  generation === 'modern' ? { onResponseError: tell } : { onError: tell }

describe.each(versions)('$name', (version) => {
  const { api, peer } = version
  // undici 8 knows no other, and undici 7 looks at no other.
  const generation = peer.major === 8 ? 'modern' : 'legacy'

  describe.each(requests)('%s', (_kind, options) => {
    test.each(brokenBy(generation))('a handler is judged as by undici: %s', async (_name, method, value) => {
      const { origin } = await serve((_request, response) => void response.end())
      const agent = new api.Agent({})
      const pool = open(version)
      const native = verdict(agent, { ...options, origin }, generation, { [method]: value })
      expect(verdict(pool.dispatcher as never, { ...options, origin }, generation, { [method]: value })).toEqual(native)
      await Promise.all([agent.destroy(), pool.destroy()])
    })
  })

  test.each([
    ['no object', 'x'],
    ['null', null],
    ['a function', () => {}],
  ])('a handler that is %s is thrown at', (_name, handler) => {
    const { dispatcher } = open(version)
    expect(() => dispatcher.dispatch({ origin: 'http://localhost', path: '/', method: 'GET' }, handler as never)).toThrow(
      'handler must be an object',
    )
  })

  test.each([undefined, null, 'x'])('options that are %s are told to the handler, as by undici', (options) => {
    const agent = new api.Agent({})
    const { dispatcher } = open(version)
    const native = verdict(agent, options as never, generation, {})
    expect(verdict(dispatcher as never, options as never, generation, {})).toEqual(native)
  })
})

import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import * as agentkeepalive from '../../../adapters/agentkeepalive.ts'
import * as axios from '../../../adapters/axios.ts'
import * as got from '../../../adapters/got.ts'
import * as nodeFetch from '../../../adapters/node-fetch.ts'
import * as nodeHttp from '../../../adapters/node-http.ts'
import { isKnown, type NativeAgentOptions, owned } from '../../../src/engines/node-agent/native-options.ts'

const modules = Object.entries({ agentkeepalive, axios, got, 'node-fetch': nodeFetch, 'node-http': nodeHttp })

describe.each(modules)('native options of %s', (_, { createPool }) => {
  it.each([
    ['rejectUnauthorised', false, 'did you mean rejectUnauthorized?'],
    ['CA', 'x', 'did you mean ca?'],
    ['local_address', '127.0.0.1', 'did you mean localAddress?'],
    ['maxSocket', 3, 'did you mean maxSockets?'],
    ['maxSockets', 3, 'set maxConnectionsPerHost in the pool config'],
    ['keepAliveInitialDelay', 3, 'set tcpKeepAlive in the pool config'],
    ['maxConnections', 3, 'it is a limit and goes first, into the pool config'],
    ['strict', false, 'it goes third: createPool(config, native, { strict })'],
    ['connect', { ca: 'x' }, "it is undici's: write what is in it here, as in { ca }"],
    ['headers', {}, 'set it on the request'],
    ['somethingElse', 1, "node's agents do not know it, and would ignore it"],
    ['__proto__x\u001b[2J', 1, "node's agents do not know it, and would ignore it"],
  ])('%s is refused', (option, value, advice) => {
    const create = () => createPool({}, { [option]: value } as never)
    expect(create).toThrow(`can't be passed as a native option: ${advice}`)
    expect(create).toThrow(expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED' }))
    expect(create).not.toThrow('\u001b')
  })

  it('says what is wrong with several at once, and passes undefined over', () => {
    expect(() => createPool({}, { rejectUnauthorised: false, maxSockets: 1, caa: undefined } as never)).toThrow(
      "rejectUnauthorised can't be passed as a native option: did you mean rejectUnauthorized?; maxSockets can't be passed",
    )
  })

  it.each([
    [new https.Agent({ ca: 'x' }), 'an agent, and a pool makes its own (readSettings(agent) gives the config'],
    [http.globalAgent, 'an agent, and'],
    [{ dispatch() {} }, 'a dispatcher, which is for undici and fetch only'],
  ])('a live one is refused', (native, message) => {
    expect(() => createPool({}, native as never)).toThrow(`the native options are ${message}`)
  })

  it('takes what agents, tls.connect and net.connect take', async () => {
    await using pool = createPool(
      {},
      {
        ca: 'x',
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
        checkServerIdentity: tls.checkServerIdentity,
        maxCachedSessions: 10,
        lookup: undefined,
        family: 4,
        localAddress: '127.0.0.1',
        autoSelectFamily: true,
        noDelay: true,
        socketPath: '/run/x.sock',
        highWaterMark: 1000,
      },
    )
    expect(pool.closed).toBe(false)
  })
})

/** The options of an interface as the declarations have them, `Partial<…>` and what it extends left to the type check. */
function declared(file: string, name: string): string[] {
  const text = readFileSync(new URL(`../../../node_modules/@types/node/${file}`, import.meta.url), 'utf8')
  const body = new RegExp(`interface ${name}\\b[^{]*\\{([\\s\\S]*?)\\n {4}\\}`).exec(text)?.[1] ?? ''
  return [...body.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/^ {8}(\w+)\??[:(]/gm)].map(([, option = '']) => option)
}

it.each([
  ['http.d.ts', 'AgentOptions', 11],
  ['https.d.ts', 'AgentOptions', 1],
  ['tls.d.ts', 'ConnectionOptions', 10],
  ['tls.d.ts', 'SecureContextOptions', 20],
  ['tls.d.ts', 'CommonConnectionOptions', 4],
  ['net.d.ts', 'TcpSocketConnectOpts', 8],
])('has every option that %s declares for %s', (file, name, least) => {
  const options = declared(file, name)
  expect(options.length).toBeGreaterThanOrEqual(least)
  // `onread` is for one socket and not for all of a pool.
  expect(options.filter((option) => option !== 'onread' && !isKnown(option) && !Object.hasOwn(owned, option))).toEqual([])
})

it('the types refuse what createPool refuses', () => {
  const calls = [
    // @ts-expect-error
    () => axios.createPool({}, { maxSockets: 5 }),
    // @ts-expect-error
    () => got.createPool({}, { maxFreeSockets: 5 }),
    // @ts-expect-error
    () => nodeFetch.createPool({}, { keepAlive: true }),
    // @ts-expect-error
    () => nodeHttp.createPool({}, { maxTotalSockets: 5 }),
    // @ts-expect-error
    () => agentkeepalive.createPool({}, { freeSocketTimeout: 5 }),
    // @ts-expect-error
    () => axios.createPool({}, { timeout: 5 }),
    // @ts-expect-error
    () => axios.createPool({}, { scheduling: 'fifo' }),
    // @ts-expect-error
    () => axios.createPool({}, { rejectUnauthorised: false }),
    // @ts-expect-error
    () => axios.createPool({}, {}, { strickt: false }),
    // @ts-expect-error
    () => axios.createPool({}, {}, { name: 5 }),
    // @ts-expect-error
    () => axios.createPool({ maxSockets: 5 }),
  ]
  for (const call of calls) expect(call).toThrow(expect.objectContaining({ name: expect.stringMatching(/^Pool/) }))
  const options: NativeAgentOptions = { ca: 'x', noDelay: true, highWaterMark: 1 }
  expect(Object.keys(options).every(isKnown)).toBe(true)
})

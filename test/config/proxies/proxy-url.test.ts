import { inspect, isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProxyServer, proxyServerIn, readProxyUrl } from '../../../src/config/proxies/proxy-server.ts'

function serverOf(url: string): ProxyServer {
  const read = readProxyUrl(url)
  if ('problem' in read) throw new Error(read.problem)
  return read.server
}

function problemOf(value: unknown): string {
  const read = readProxyUrl(value)
  return 'problem' in read ? read.problem : ''
}

describe('what a proxy URL says', () => {
  it.each([
    ['http://proxy.example:3128', 'http://proxy.example:3128'],
    ['http://proxy.example', 'http://proxy.example:80'],
    ['https://proxy.example', 'https://proxy.example:443'],
    ['https://proxy.example:80', 'https://proxy.example:80'],
    ['socks5://proxy.example', 'socks5://proxy.example:1080'],
    ['socks5h://proxy.example:80', 'socks5h://proxy.example:80'],
    ['http://proxy.example:80/', 'http://proxy.example:80'],
    ['HTTP://Proxy.Example:3128/', 'http://proxy.example:3128'],
    ['http://[::1]:3128', 'http://[::1]:3128'],
    ['socks5://[2001:DB8::0:1]', 'socks5://[2001:db8::1]:1080'],
    ['socks5h://127.1', 'socks5h://127.0.0.1:1080'],
    ['http://bücher.example', 'http://xn--bcher-kva.example:80'],
    ['http://user:12@proxy.example', 'http://proxy.example:80'],
  ])('%s is %s', (url, origin) => {
    expect(serverOf(url).origin).toBe(origin)
  })

  it.each([
    ['http://proxy.example', null],
    ['http://@proxy.example', null],
    ['http://user:secret@proxy.example', { username: 'user', password: 'secret' }],
    ['http://user@proxy.example', { username: 'user', password: '' }],
    ['http://user:@proxy.example', { username: 'user', password: '' }],
    ['http://:secret@proxy.example', { username: '', password: 'secret' }],
    ['http://us%40er:p%3A%2F%25%20%C3%A4@proxy.example', { username: 'us@er', password: 'p:/% ä' }],
    ['http://corp%5Cuser:a:b@proxy.example', { username: 'corp\\user', password: 'a:b' }],
    // As every parser of URLs has it, the last @ is the one.
    ['http://user:p@ss@proxy.example', { username: 'user', password: 'p@ss' }],
    ['socks5h://user:secret@proxy.example', { username: 'user', password: 'secret' }],
  ])('%s: the credentials', (url, credentials) => {
    expect(serverOf(url).credentials()).toEqual(credentials)
  })

  it('gives any password back that was percent-encoded', () => {
    const printable = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(printable, printable, (username, password) => {
        fc.pre(!username.includes(':') && username + password !== '')
        const encoded = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`
        expect(serverOf(`http://${encoded}@proxy.example`).credentials()).toEqual({ username, password })
      }),
    )
  })
})

/** What is refused, by words of the message; none may hold `secret`. */
const refusals: readonly (readonly [value: unknown, why: string])[] = [
  [undefined, 'undefined is no URL: write one such as "http://proxy.example:3128"'],
  [true, 'true is no URL'],
  [8080, '8080 is no URL'],
  [['http://proxy.example'], 'an array is no URL'],
  ['', '"" is empty'],
  ['proxy.example', '"proxy.example" has no scheme: write it in front, as in "http://proxy.example:3128"'],
  ['proxy.example:3128', '"proxy.example:3128" has no scheme'],
  ['localhost:3128', '"localhost:3128" has no scheme'],
  ['//proxy.example', 'has no scheme'],
  ['user:secret@proxy.example', '"…@proxy.example" has no scheme'],
  ['socks4://proxy.example', '"socks4://proxy.example" has an unknown scheme: use http, https, socks5 or socks5h'],
  ['socks://proxy.example', 'has an unknown scheme'],
  ['ftp://user:secret@proxy.example', '"ftp://…@proxy.example" has an unknown scheme'],
  ['http://', 'is no URL'],
  ['http://:3128', 'is no URL'],
  ['http://proxy.example:port', 'is no URL'],
  ['http://user:secret', '"http://user:…" is no URL'],
  ['http://user:secret/secret@proxy.example', '"http://…@proxy.example" is no URL'],
  ['http://user:12#secret@proxy.example', '"http://…@proxy.example" has more than a host and port'],
  ['http://proxy.example:65536', 'is no URL'],
  ['http://proxy.example:0', '"http://proxy.example:0" has port 0: use 1 to 65535'],
  ['http://::1:3128', 'is no URL'],
  ['http://[::1', 'is no URL'],
  ['http://[fe80::1%25eth0]:3128', 'is no URL'],
  ['http://wpad.example/proxy.pac', '"http://wpad.example/proxy.pac" has more than a host and port: a proxy has no path'],
  ['http://proxy.example?a=b', 'has more than a host and port'],
  ['http://proxy.example:3128 ', 'holds a space or control character'],
  ['http://user:secret secret@proxy.example', '"http://…@proxy.example" holds a space'],
  ['http://proxy\n.example', 'holds a space or control character'],
  [
    'http://user:secret%zz@proxy.example',
    '"http://…@proxy.example" has a % in its user or password that begins no code: write %25',
  ],
  ['http://us%3Aer:secret@proxy.example', 'has a colon in its user'],
  ['http://user:secret%0D%0AHost:%20x@proxy.example', 'has a control character in its user or password'],
  [`socks5://user:${'secret'.repeat(50)}@proxy.example`, 'has a user or password of more than 255 bytes'],
  ['socks5h://:secret@proxy.example', 'has a password and no user'],
]

describe('what is refused', () => {
  it.each(refusals)('%o', (value, why) => {
    const problem = problemOf(value)
    expect(problem).toContain(why)
    expect(problem).not.toContain('secret')
  })

  it('whatever stands around it, without what follows a user', () => {
    const part = fc.string({ maxLength: 20 })
    fc.assert(
      fc.property(part, part, (before, after) => {
        const behind = after.replaceAll('@', '')
        for (const value of [
          `http://user:${before}Sesame${after}@proxy.example`,
          `user:${before}Sesame${after}@proxy.example`,
          `http://user:Sesame${behind}`,
          `user:Sesame${behind}`,
        ])
          expect(problemOf(value)).not.toContain('Sesame')
      }),
    )
  })
})

describe('what is shown', () => {
  it.each([
    ['http://user:secret@proxy.example:3128', 'http://user:***@proxy.example:3128'],
    ['http://us%40er:secret@proxy.example', 'http://us%40er:***@proxy.example:80'],
    ['https://secret@proxy.example', 'https://***@proxy.example:443'],
    ['https://secret:@proxy.example', 'https://***@proxy.example:443'],
    ['socks5h://:secret$&@[::1]', ''],
    ['http://:secret$&@[::1]', 'http://:***@[::1]:80'],
    ['http://proxy.example:3128', 'http://proxy.example:3128'],
  ])('%s is %s', (url, shown) => {
    if (shown === '') return expect(problemOf(url)).not.toContain('secret')
    const server = serverOf(url)
    const basic = Buffer.from('user:secret').toString('base64')
    expect([`${server}`, JSON.stringify({ server }), inspect({ server }), inspect(server, { showHidden: true })]).toEqual([
      shown,
      JSON.stringify({ server: shown }),
      `{ server: ${shown} }`,
      shown,
    ])
    const inside = inspect(server, { customInspect: false, showHidden: true, depth: Number.POSITIVE_INFINITY })
    for (const text of [
      inside,
      Object.entries(server).join(),
      JSON.stringify(Reflect.ownKeys(server).map((key) => Reflect.get(server, key))),
    ])
      expect(text).not.toMatch(new RegExp(`secret|${basic}`))
    expect(structuredClone({ ...server })).not.toHaveProperty('credentials')
  })

  it('is refused as an URL: nobody means a password of three stars', () => {
    for (const url of ['http://user:***@proxy.example', 'http://***@proxy.example', 'http://***:@proxy.example'])
      expect(problemOf(url)).toBe(
        '"http://…@proxy.example" has its password masked: write the password itself, or in a config file a variable that holds it',
      )
    expect(serverOf('http://user:%2A%2A%2A@proxy.example').credentials()?.password).toBe('***')
  })
})

describe('of another copy of the package', () => {
  it.each(['http://us%40er:p%3A%24%26@[::1]:3128', 'https://token@proxy.example', 'socks5://proxy.example'])(
    '%s is the same',
    (url) => {
      const server = serverOf(url)
      const key = Symbol.for('polypool.proxy.v1') as never
      // The class of that copy is another one.
      const foreign = { [key]: () => server[key] && (server[key] as () => string).call(server) }
      expect(proxyServerIn(foreign)?.equals(server)).toBe(true)
    },
  )

  it('anything else is none', () => {
    const get = () => {
      throw new Error('never')
    }
    for (const value of [{}, null, 'http://proxy.example', new URL('http://proxy.example'), new Proxy({}, { get })])
      expect(proxyServerIn(value)).toBe(undefined)
  })
})

it('is equal to one that says the same', () => {
  const one = serverOf('http://user:secret@proxy.example:80')
  expect(one.equals(serverOf('HTTP://user:secret@PROXY.example'))).toBe(true)
  for (const other of ['http://user:other@proxy.example', 'http://proxy.example', 'https://user:secret@proxy.example:80'])
    expect(one.equals(serverOf(other))).toBe(false)
  expect(isDeepStrictEqual(one, serverOf('HTTP://user:secret@PROXY.example'))).toBe(true)
  for (const other of ['http://user:other@proxy.example', 'http://proxy.example', 'http://user:secret@proxy.example:81'])
    expect(isDeepStrictEqual({ one }, { one: serverOf(other) })).toBe(false)
  expect(one.equals(new ProxyServer('http', 'proxy.example', 81, one.credentials()))).toBe(false)
})

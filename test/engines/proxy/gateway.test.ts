import { describe, expect, it } from 'vitest'
import { absoluteTarget, forwardedHead } from '../../../src/engines/proxy/forwarded-head.ts'
import { assertProxyOptions, Gateway, type ProxyHeaders } from '../../../src/engines/proxy/gateway.ts'
import { errorOf } from './errors.ts'
import { serverOf } from './proxies.ts'

const gateway = (url: string, proxyHeaders?: ProxyHeaders) => new Gateway(serverOf(url), { proxyHeaders })

const basic = (text: string) => `Proxy-Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`

describe('what a proxy is told besides', () => {
  it.each<readonly [string, string, ProxyHeaders | undefined, string]>([
    ['nothing', 'http://p', undefined, ''],
    ['user and password', 'http://user:p%40ss@p', undefined, basic('user:p@ss')],
    ['in UTF-8', 'http://us%C3%A4r:p%C3%A4ss@p', undefined, basic('usär:päss')],
    ['no password', 'http://user@p', undefined, basic('user:')],
    [
      'headers',
      'http://p',
      { 'X-One': 'a', 'X-Two': ['b', 'c'], 'X-Three': 3 },
      'X-One: a\r\nX-Two: b\r\nX-Two: c\r\nX-Three: 3\r\n',
    ],
    ['both', 'http://user:pass@p', { 'X-One': 'a' }, `${basic('user:pass')}X-One: a\r\n`],
    [
      'a token in place of Basic',
      'http://user:pass@p',
      { 'proxy-authorization': 'Bearer t' },
      'proxy-authorization: Bearer t\r\n',
    ],
    ['nothing by SOCKS', 'socks5h://user:pass@p', { 'X-One': 'a' }, ''],
  ])('%s', (_, url, headers, expected) => {
    expect(gateway(url, headers).linesFor()).toBe(expected)
  })

  it('is not said twice', () => {
    const head = 'GET http://a/ HTTP/1.1\r\nproxy-AUTHORIZATION: Bearer mine\r\nX-Other: Proxy-Authorization: x\r\n\r\n'
    expect(gateway('http://user:pass@p', { 'X-One': 'a' }).linesFor(head)).toBe('X-One: a\r\n')
    expect(gateway('http://user:pass@p').linesFor('GET / HTTP/1.1\r\nX: Proxy-Authorization: y\r\n\r\n')).toBe(basic('user:pass'))
  })
})

it.each<readonly [unknown, string]>([
  [{ proxyTls: 'secret' }, 'proxyTls is a string: pass options of tls.connect, such as { ca }'],
  [{ proxyTls: null }, 'proxyTls is null'],
  [{ proxyHeaders: 'secret' }, 'proxyHeaders is a string: pass an object of names and values'],
  [{ proxyHeaders: [['X', 'secret']] }, 'proxyHeaders is an array'],
  [{ proxyHeaders: new Map([['X', 'secret']]) }, 'proxyHeaders is an object with a prototype of its own'],
  [{ proxyHeaders: { Host: 'secret' } }, "proxyHeaders: Host can't be set"],
  [{ proxyHeaders: { 'content-length': '6' } }, "proxyHeaders: content-length can't be set"],
  [{ proxyHeaders: { 'X Y': 'secret' } }, 'proxyHeaders: "X Y" is no valid header field'],
  [{ proxyHeaders: { X: 'secret\r\nY: secret' } }, 'proxyHeaders: "X" is no valid header field'],
  [{ proxyHeaders: { X: ['a', 'secret\n'] } }, 'proxyHeaders: "X" is no valid header field'],
  [{ proxyHeaders: { X: undefined } }, 'proxyHeaders: X is undefined: write a string'],
  [{ proxyHeaders: { X: () => 'secret' } }, 'proxyHeaders: X is a function: write a string'],
])('%o is refused', (options, message) => {
  const error = errorOf(() => assertProxyOptions(options as object))
  expect(error).toMatchObject({ code: 'ERR_POOL_UNSUPPORTED', message: expect.stringContaining(message) })
  expect(error.message).not.toContain('secret')
})

describe('absolute form', () => {
  it.each([
    ['http://a.example:80', '/', 'http://a.example/'],
    ['http://a.example:8080', '/path?a=b', 'http://a.example:8080/path?a=b'],
    ['http://[::1]:80', '/', 'http://[::1]/'],
    ['http://a.example:80', '*', 'http://a.example'],
    ['http://a.example:80', '?a=b', 'http://a.example/?a=b'],
    ['http://a.example:80', '//b/c', 'http://a.example//b/c'],
    ['http://a.example:80', '/?to=http://b/', 'http://a.example/?to=http://b/'],
    ['http://a.example:80', 'http://b.example/', 'http://b.example/'],
  ])('%s and %s is %s', (origin, path, target) => {
    expect(absoluteTarget(origin, path)).toBe(target)
  })

  it('of a whole head leaves its fields as they are', () => {
    const head = 'POST /a HTTP/1.1\r\nHost: vhost.example\r\nX: /a HTTP/1.1\r\n\r\n'
    expect(forwardedHead(head, 'http://127.0.0.1:8080', gateway('http://user:pass@p'))).toBe(
      `POST http://127.0.0.1:8080/a HTTP/1.1\r\nHost: vhost.example\r\nX: /a HTTP/1.1\r\n${basic('user:pass')}\r\n`,
    )
  })
})

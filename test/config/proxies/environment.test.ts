import { describe, expect, it } from 'vitest'
import { readNoProxyVariable, readProxyVariables } from '../../../src/config/proxies/environment.ts'
import { errorOf } from './errors.ts'

type Env = { readonly [variable: string]: string }

/** Which variable and proxy is for http, and which for https. */
function proxiesOf(env: Env, platform: NodeJS.Platform = 'linux') {
  const { http, https } = readProxyVariables(env, platform)
  return [http, https].map((found) => found && `${found.variable} ${found.server.origin}`)
}

describe('the variables', () => {
  it.each<readonly [string, Env, readonly (string | null)[]]>([
    ['none', {}, [null, null]],
    ['lower case', { http_proxy: 'http://a:1', https_proxy: 'http://b:2' }, ['http_proxy http://a:1', 'https_proxy http://b:2']],
    ['upper case', { HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, ['HTTP_PROXY http://a:1', 'HTTPS_PROXY http://b:2']],
    [
      'both: the lower-case one goes before (curl)',
      { http_proxy: 'http://a:1', HTTP_PROXY: 'http://x:9', https_proxy: 'http://b:2', HTTPS_PROXY: 'http://x:9' },
      ['http_proxy http://a:1', 'https_proxy http://b:2'],
    ],
    ['one scheme alone', { HTTPS_PROXY: 'http://b:2' }, [null, 'HTTPS_PROXY http://b:2']],
    ['all of them', { ALL_PROXY: 'socks5h://s' }, ['ALL_PROXY socks5h://s:1080', 'ALL_PROXY socks5h://s:1080']],
    [
      'all, and one of its own (curl)',
      { all_proxy: 'http://c:3', ALL_PROXY: 'http://x:9', HTTPS_PROXY: 'http://b:2' },
      ['all_proxy http://c:3', 'HTTPS_PROXY http://b:2'],
    ],
    ['empty is none (curl)', { http_proxy: '', HTTP_PROXY: 'http://a:1', https_proxy: '' }, ['HTTP_PROXY http://a:1', null]],
    [
      'without a scheme (curl, Go)',
      { http_proxy: 'a:1', https_proxy: 'user:p%40@b' },
      ['http_proxy http://a:1', 'https_proxy http://b:80'],
    ],
    [
      'in CGI the upper-case one may be a header of the client (httpoxy)',
      { REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://evil:1', HTTPS_PROXY: 'http://b:2' },
      [null, 'HTTPS_PROXY http://b:2'],
    ],
    [
      'in CGI the lower-case one is nobody else’s',
      { REQUEST_METHOD: '', http_proxy: 'http://a:1', HTTP_PROXY: 'http://evil:1' },
      ['http_proxy http://a:1', null],
    ],
    ['in CGI a malformed one is not read', { REQUEST_METHOD: 'GET', HTTP_PROXY: 'evil://' }, [null, null]],
    [
      'in CGI all_proxy is no header',
      { REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://evil:1', all_proxy: 'http://c:3' },
      ['all_proxy http://c:3', 'all_proxy http://c:3'],
    ],
  ])('%s', (_, env, expected) => {
    expect(proxiesOf(env)).toEqual(expected)
  })

  it('on Windows are one whatever their case, so that in CGI neither is read', () => {
    // As process.env is there.
    const env = { REQUEST_METHOD: 'GET', http_proxy: 'http://evil:1', HTTP_PROXY: 'http://evil:1' }
    expect(proxiesOf(env, 'win32')).toEqual([null, null])
  })

  it('by default are those of the process', () => {
    const before = process.env.all_proxy
    process.env.all_proxy = 'http://of-the-process:1'
    try {
      expect(readProxyVariables().http?.server.origin).toBe('http://of-the-process:1')
    } finally {
      if (before === undefined) delete process.env.all_proxy
      else process.env.all_proxy = before
    }
  })
})

describe('NO_PROXY', () => {
  it.each<readonly [Env, string]>([
    [{ NO_PROXY: 'a.example' }, 'NO_PROXY'],
    [{ no_proxy: 'a.example', NO_PROXY: 'b.example' }, 'no_proxy'],
    [{ no_proxy: '', NO_PROXY: 'a.example' }, 'NO_PROXY'],
  ])('%j', (env, variable) => {
    const read = readNoProxyVariable(env)
    expect(read.variable).toBe(variable)
    expect(read.list.match('a.example', 80)).toBe('a.example')
    expect(read.list.match('b.example', 80)).toBe(null)
  })

  it('that is not set is an empty list', () => {
    const read = readNoProxyVariable({ no_proxy: '' })
    expect(read.variable).toBe('')
    expect(read.list.match('a.example', 80)).toBe(null)
  })

  it.each<readonly [Env, readonly string[]]>([
    [{ NO_PROXY: 'a.example,api.*' }, ['NO_PROXY in the environment: "api.*" is no host']],
    [{ no_proxy: 'http://a' }, ['no_proxy in the environment: "http://a" has a scheme']],
  ])('%j is refused by name', (env, messages) => {
    const { code, issues } = errorOf(() => readNoProxyVariable(env))
    expect(code).toBe('ERR_POOL_CONFIG')
    expect(issues.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringContaining(message)))
  })
})

it.each<readonly [Env, readonly string[]]>([
  [{ HTTPS_PROXY: 'ftp://user:secret@b' }, ['HTTPS_PROXY in the environment: "ftp://…@b" has an unknown scheme']],
  [{ http_proxy: 'http://', HTTP_PROXY: 'http://a' }, ['http_proxy in the environment: "http://" is no URL']],
  [{ ALL_PROXY: 'socks://user:secret' }, ['ALL_PROXY in the environment: "socks://user:…" has an unknown scheme']],
  [
    { http_proxy: 'ftp://a', https_proxy: 'b:c' },
    ['http_proxy in the environment: "ftp://a" has an unknown scheme', 'https_proxy in the environment: "http://b:…" is no URL'],
  ],
])('%j is refused by name', async (env, messages) => {
  const { code, issues } = errorOf(() => readProxyVariables(env))
  expect(code).toBe('ERR_POOL_CONFIG')
  expect(issues.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringContaining(message)))
  expect(JSON.stringify(issues)).not.toContain('secret')
})

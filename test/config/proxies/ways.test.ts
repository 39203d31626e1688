import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import { explain, type ProxySettings, readRoutes } from '../../../src/config/proxies/ways.ts'
import { errorOf } from './errors.ts'

type Env = { readonly [variable: string]: string }

function told(settings: ProxySettings, env: Env, origin: string): string {
  const { server, reason } = explain(readRoutes(settings, env), origin)
  return `${server?.origin ?? 'direct'} (${reason})`
}

describe('the way to an origin, and why', () => {
  it.each<readonly [string, ProxySettings, Env, string, string]>([
    ['nothing is set', {}, { HTTPS_PROXY: 'http://e:1' }, 'https://a.example:443', 'direct (proxy: false)'],
    ['false', { proxy: false }, { HTTPS_PROXY: 'http://e:1' }, 'https://a.example:443', 'direct (proxy: false)'],
    ['a URL, https', { proxy: 'http://p:1' }, {}, 'https://a.example:443', 'http://p:1 (proxy)'],
    ['a URL, http', { proxy: 'http://p:1' }, {}, 'http://a.example:80', 'http://p:1 (proxy)'],
    ['a URL heeds no NO_PROXY', { proxy: 'http://p:1' }, { NO_PROXY: '*' }, 'http://a.example:80', 'http://p:1 (proxy)'],
    ['noProxy', { proxy: 'http://p:1', noProxy: ['b', '.example'] }, {}, 'http://a.example:80', 'direct (noProxy: .example)'],
    [
      'noProxy and another port',
      { proxy: 'http://p:1', noProxy: ['a.example:81'] },
      {},
      'http://a.example:80',
      'http://p:1 (proxy)',
    ],
    ['noProxy and an address', { proxy: 'http://p:1', noProxy: ['::1'] }, {}, 'https://[::1]:443', 'direct (noProxy: ::1)'],
    ['env', { proxy: 'env' }, { HTTPS_PROXY: 'http://e:1' }, 'https://a.example:443', 'http://e:1 (proxy: env, HTTPS_PROXY)'],
    [
      'env without the scheme',
      { proxy: 'env' },
      { HTTPS_PROXY: 'http://e:1' },
      'http://a.example:80',
      'direct (proxy: env, and neither HTTP_PROXY nor ALL_PROXY is set)',
    ],
    ['env without any', { proxy: 'env' }, {}, 'http://a.example:80', 'direct (proxy: env, and no variable names a proxy)'],
    [
      'env that is not to be trusted',
      { proxy: 'env' },
      { REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://e:1' },
      'http://a.example:80',
      'direct (proxy: env, and HTTP_PROXY is not read where REQUEST_METHOD is set)',
    ],
    [
      'env and NO_PROXY',
      { proxy: 'env' },
      { all_proxy: 'http://e:1', no_proxy: '10.0.0.0/8' },
      'http://10.1.2.3:80',
      'direct (no_proxy: 10.0.0.0/8)',
    ],
    [
      'env, and noProxy in place of NO_PROXY',
      { proxy: 'env', noProxy: [] },
      { all_proxy: 'http://e:1', no_proxy: '*' },
      'http://a.example:80',
      'http://e:1 (proxy: env, all_proxy)',
    ],
    [
      'a host of its own',
      { proxy: 'http://p:1', hosts: { 'a.example': { proxy: 'http://q:2' } } },
      {},
      'http://a.example:80',
      'http://q:2 (hosts["a.example"].proxy)',
    ],
    [
      'a host that goes directly',
      { proxy: 'http://p:1', hosts: { 'a.example': { proxy: false } } },
      {},
      'http://a.example:80',
      'direct (hosts["a.example"].proxy: false)',
    ],
    [
      'a host of its own is no matter of noProxy',
      { noProxy: ['*'], hosts: { 'a.example': { proxy: 'http://q:2' } } },
      {},
      'http://a.example:80',
      'http://q:2 (hosts["a.example"].proxy)',
    ],
    [
      'a host by the environment, with its NO_PROXY',
      { proxy: 'http://p:1', hosts: { 'a.example': { proxy: 'env' } } },
      { http_proxy: 'http://e:1', no_proxy: 'a.example' },
      'http://a.example:80',
      'direct (no_proxy: a.example)',
    ],
    [
      'a URL, and the environment for the rest',
      { proxy: 'http://p:1', noProxy: 'env' },
      { HTTPS_PROXY: 'none of its business', no_proxy: 'a.example' },
      'http://a.example:80',
      'direct (no_proxy: a.example)',
    ],
    [
      'the most specific host',
      {
        hosts: {
          '*.example': { proxy: 'http://q:1' },
          'a.example': { proxy: 'http://q:2' },
          'a.example:80': {},
          'https://a.example:80': { proxy: 'http://q:3' },
        },
      },
      {},
      'http://a.example:80',
      'http://q:2 (hosts["a.example"].proxy)',
    ],
    [
      'all below a host',
      { proxy: 'http://p:1', hosts: { '*.example': { proxy: false } } },
      {},
      'https://a.b.example:443',
      'direct (hosts["*.example"].proxy: false)',
    ],
    [
      'a host that says nothing of it',
      { proxy: 'http://p:1', hosts: { 'a.example': {} } },
      {},
      'http://a.example:80',
      'http://p:1 (proxy)',
    ],
  ])('%s', (_, settings, env, origin, expected) => {
    expect(told(settings, env, origin)).toBe(expected)
    // What a config becomes says the same.
    if (typeof settings.noProxy !== 'string') expect(told(parsePoolConfig(settings).config, env, origin)).toBe(expected)
  })
})

it('tells all that is wrong, each by the name of its field', () => {
  const error = errorOf(() =>
    readRoutes(
      { proxy: 'env', noProxy: ['http://a', 'api.*'], hosts: { 'a.example': { proxy: 'user:secret@q' }, b: { proxy: 'env' } } },
      { HTTPS_PROXY: 'ftp://user:secret@e' },
    ),
  )
  expect(error.code).toBe('ERR_POOL_CONFIG')
  expect(error.issues.map(({ path }) => path)).toEqual(['noProxy', 'noProxy', 'HTTPS_PROXY', 'hosts["a.example"].proxy'])
  expect(inspect(error, { depth: 10 })).not.toContain('secret')
})

import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import { readPools } from '../../src/files/load.ts'
import { refusal, Workspace } from './workspace.ts'

type Env = { readonly [variable: string]: string }

async function poolOf(proxy: string, env: Env) {
  const { root } = new Workspace({ 'polypool.config.json': JSON.stringify({ pools: { default: { proxy } } }) })
  return (await readPools({ cwd: root, env })).pools.get('default')
}

async function proxyOf(template: string, env: Env): Promise<unknown> {
  const { proxy } = (await poolOf(template, env))?.config ?? {}
  const { origin, credentials } = proxy as ProxyServer
  const known = credentials.call(proxy)
  return known === null ? origin : `${origin} ${known.username} ${known.password}`
}

describe('a variable in the proxy of a config file', () => {
  it.each<readonly [string, Env, string]>([
    ['http://user:${PW}@proxy.test:3128', { PW: 'sesame' }, 'http://proxy.test:3128 user sesame'],
    // As it is, whatever it holds: nobody has to encode it.
    [
      'http://${USER_NAME}:${PW}@proxy.test',
      { USER_NAME: 'a@b', PW: 'p@:/?#% %41ä$&' },
      'http://proxy.test:80 a@b p@:/?#% %41ä$&',
    ],
    ['http://user:x${A}y${B1_}z@proxy.test', { A: '1', B1_: '2' }, 'http://proxy.test:80 user x1y2z'],
    ['${PROXY}', { PROXY: 'https://user:p%40ss@proxy.test' }, 'https://proxy.test:443 user p@ss'],
    ['${SCHEME}://${HOST}:${PORT}', { SCHEME: 'socks5h', HOST: '[::1]', PORT: '9050' }, 'socks5h://[::1]:9050'],
    ['http://user:$${PW}@proxy.test', { PW: 'sesame' }, 'http://proxy.test:80 user ${PW}'],
    ['http://user:$${${PW}}$@proxy.test', { PW: 'sesame' }, 'http://proxy.test:80 user ${sesame}$'],
    ['http://user:pa$$word$PW@proxy.test', { PW: 'sesame' }, 'http://proxy.test:80 user pa$$word$PW'],
  ])('%s', async (template, env, expected) => {
    expect(await proxyOf(template, env)).toBe(expected)
  })

  it.each<readonly [string, Env, string]>([
    [
      'http://user:${PW}@proxy.test',
      {},
      'the variable PW is not set: set PW where this runs, or write $${PW} if that text is meant',
    ],
    [
      'http://user:${PW}@proxy.test',
      { PW: '' },
      'the variable PW is empty: set PW where this runs, or write $${PW} if that text is meant',
    ],
    [
      'http://user:${}@proxy.test',
      {},
      '"http://…@proxy.test" holds ${ without a name and }: write ${NAME}, or $${ for the text ${',
    ],
    ['http://${HOST:-proxy}', {}, '"http://${HOST:…" holds ${ without a name and }: write ${NAME}, or $${ for the text ${'],
    [
      '${PROXY}',
      { PROXY: 'sesame' },
      '"${PROXY}", with its variables filled in, has no scheme: write it in front, as in "http://proxy.example:3128"',
    ],
    [
      'http://user:sesame@${HOST}:0',
      { HOST: 'proxy.test' },
      '"http://…@${HOST}:0", with its variables filled in, has port 0: use 1 to 65535',
    ],
  ])('%s is refused with its place, and tells no value', async (template, env, what) => {
    const { root } = new Workspace({
      'polypool.config.yaml': `pools:\n  default:\n    proxy: ${JSON.stringify(template)}\n    hosts:\n      a.test: { proxy: ${JSON.stringify(template)} }\n`,
    })
    const error = await refusal(readPools({ cwd: root, env }))
    expect(error.issues.map(({ message }) => message)).toEqual([
      `polypool.config.yaml:3:12: pools.default.proxy: ${what}`,
      `polypool.config.yaml:5:24: pools.default.hosts["a.test"].proxy: ${what}`,
    ])
    expect(inspect(error, { depth: 10 })).not.toContain('sesame')
  })

  it('is filled in for a host, with the place that it was written at', async () => {
    const { root } = new Workspace({
      'polypool.config.yaml':
        'pools:\n  default:\n    hosts:\n      A.test: { proxy: "http://user:${PW}@proxy.test", keepAlive: false }\n      b.test: { keepAlive: true }\n',
    })
    const pool = (await readPools({ cwd: root, env: { PW: 'sesame' } })).pools.get('default')
    const proxy = pool?.config.hosts['a.test']?.proxy as ProxyServer | undefined
    expect(proxy?.credentials()?.password).toBe('sesame')
    expect(pool?.config.hosts).toMatchObject({ 'a.test': { keepAlive: false }, 'b.test': { keepAlive: true } })
    expect(pool?.settings.get('hosts["a.test"].proxy')?.origin).toMatchObject({ from: 'file', line: 4, column: 24 })
    expect(inspect(pool, { depth: 10 })).not.toContain('sesame')
  })

  it('has no meaning in any other field', async () => {
    const { root } = new Workspace({
      'polypool.config.yaml': 'pools:\n  default:\n    maxConnections: ${N}\n    noProxy: ["${N}"]\n',
    })
    const { issues } = await refusal(readPools({ cwd: root, env: { N: '5' } }))
    expect(issues.map(({ path }) => path)).toEqual(['pools.default.maxConnections', 'pools.default.noProxy'])
  })

  it('has none in code and in the environment, where it would be a password that nobody meant', async () => {
    const { root } = new Workspace({})
    const template = 'http://user:${PW}@proxy.test'
    const ofCode = await refusal(readPools({ cwd: root, env: { PW: 'sesame' }, pools: { default: { proxy: template } } }))
    expect(ofCode.message).toContain('holds ${, which only a config file fills in')
    const ofEnvironment = await refusal(readPools({ cwd: root, env: { PW: 'sesame', POLYPOOL_PROXY: template } }))
    expect(ofEnvironment.message).toContain('holds ${, which only a config file fills in')
  })
})

it('a file that the parser refuses is told without the password in it', async () => {
  const files: { readonly [name: string]: string } = {
    'a.yaml': 'pools:\n  default:\n    proxy: "http://user:sesame@proxy.test\n    maxConnections: 5\n',
    'b.yaml': 'pools:\n  default:\n    proxy: http://user:sesame@proxy.test: 5\n   x: - y\n',
    'a.json': '{"pools": {"default": {"proxy": "http://user:sesame@proxy.test" "x": 1}}}',
    'a.toml': '[pools.default]\nproxy = http://user:sesame@proxy.test\n',
    'a.json5': '{pools: {default: {proxy: http://user:sesame@proxy.test}}}',
    'a.mjs': 'export default { pools: { default: { proxy: "http://user:sesame@proxy.test } } }',
  }
  const { root } = new Workspace(files)
  for (const file of Object.keys(files)) {
    const error = await refusal(readPools({ cwd: root, file, env: {} }))
    expect(`${file} ${inspect(error, { depth: 10 })}`).not.toContain('sesame')
  }
})

import { describe, expect, it } from 'vitest'
import { polypool, project } from '../command.ts'

const config = `pools:
  default:
    proxy: http://user:\${PW}@proxy.test:3128
    noProxy: [localhost, .internal]
    hosts:
      partner.test: { proxy: false }
      "*.eu.test": { proxy: env }
      http://plain.test: { keepAlive: true }
`

const env = { PW: 'sesame', https_proxy: 'http://u:sesame@other.test:1', NO_PROXY: 'any.eu.test:80' }

type Row = { readonly host: string; readonly schemes: readonly string[]; readonly proxy: string | null; readonly why: string }

const both = ['https', 'http']
const rows: readonly Row[] = [
  { host: 'partner.test', schemes: both, proxy: null, why: 'hosts["partner.test"].proxy: false' },
  { host: '*.eu.test', schemes: ['https'], proxy: 'http://other.test:1', why: 'hosts["*.eu.test"].proxy: env, https_proxy' },
  {
    host: '*.eu.test',
    schemes: ['http'],
    proxy: null,
    why: 'hosts["*.eu.test"].proxy: env, and neither HTTP_PROXY nor ALL_PROXY is set',
  },
  { host: 'http://plain.test:80', schemes: ['http'], proxy: 'http://proxy.test:3128', why: 'proxy' },
  { host: 'localhost', schemes: both, proxy: null, why: 'noProxy: localhost' },
  { host: '.internal', schemes: both, proxy: null, why: 'noProxy: .internal' },
  { host: 'every other host', schemes: both, proxy: 'http://proxy.test:3128', why: 'proxy' },
]

describe('by which way hosts are reached', () => {
  it('is told by check and explain, for those of the config and those that are asked for', async () => {
    const cwd = project({ 'polypool.config.yaml': config })
    const urls = ['--url', 'https://a.internal/path', 'http://a.eu.test:8080']
    const asked: readonly Row[] = [
      { host: 'https://a.internal', schemes: ['https'], proxy: null, why: 'noProxy: .internal' },
      {
        host: 'http://a.eu.test:8080',
        schemes: ['http'],
        proxy: null,
        why: 'hosts["*.eu.test"].proxy: env, and neither HTTP_PROXY nor ALL_PROXY is set',
      },
    ]
    const checked = await polypool(['check', '--json', ...urls], { cwd, env })
    expect(JSON.parse(checked.stdout).pools.default.routes).toEqual([...asked, ...rows])
    const explained = await polypool(['explain', 'axios', '--json', ...urls], { cwd, env })
    expect(JSON.parse(explained.stdout).routes).toEqual([...asked, ...rows])
    for (const command of [['check'], ['explain', 'undici'], ['explain', 'got']]) {
      const text = await polypool([...command, ...urls], { cwd, env })
      expect(text.stdout).toMatch(/^every other host +through http:\/\/proxy\.test:3128 +proxy$/m)
      expect(text.stdout).toMatch(/^https:\/\/a\.internal +directly +noProxy: \.internal$/m)
      for (const output of [text, checked, explained]) expect(output.stdout + output.stderr).not.toContain('sesame')
    }
  })

  it('by the environment, with the variable that says so', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { proxy: env } }\n' })
    const routesIn = async (given: { [name: string]: string }) => {
      const { stdout } = await polypool(['check', '--json', '--url', 'https://a.test'], { cwd, env: given })
      return (JSON.parse(stdout).pools.default.routes as Row[]).map(({ host, proxy, why }) => `${host}: ${proxy} (${why})`)
    }
    expect(await routesIn({ ALL_PROXY: 'socks5h://s.test' })).toEqual([
      'https://a.test: socks5h://s.test:1080 (proxy: env, ALL_PROXY)',
      'every other host: socks5h://s.test:1080 (proxy: env, ALL_PROXY)',
    ])
    expect(await routesIn({ HTTPS_PROXY: 'p.test:1', no_proxy: 'a.test' })).toEqual([
      'https://a.test: null (no_proxy: a.test)',
      'every other host: http://p.test:1 (proxy: env, HTTPS_PROXY)',
      'every other host: null (proxy: env, and neither HTTP_PROXY nor ALL_PROXY is set)',
    ])
  })

  it('is not told where there is no proxy, unless somebody asks', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { maxConnections: 5 } }\n' })
    for (const command of [['check'], ['explain', 'got']])
      expect((await polypool(command, { cwd, env: {} })).stdout).not.toContain('By which way')
    const { stdout } = await polypool(['check', '--url', 'https://a.test'], { cwd, env: {} })
    expect(stdout).toMatch(/^https:\/\/a\.test +directly +proxy: false$/m)
  })

  it('is told where a variable names a proxy, and the config does not say whether it is meant', async () => {
    const env = { HTTPS_PROXY: 'http://u:sesame@p.test' }
    const silent = project({ 'polypool.config.yaml': 'pools: { default: { maxConnections: 5 } }\n' })
    const because = 'directly +proxy: false, the default; HTTPS_PROXY is read with proxy: env'
    for (const command of [['check'], ['explain', 'got']]) {
      const { stdout } = await polypool([...command, '--url', 'https://a.test'], { cwd: silent, env })
      expect(stdout).toMatch(new RegExp(`^https://a\\.test +${because}$`, 'm'))
      expect(stdout).toMatch(new RegExp(`^every other host +${because}$`, 'm'))
      expect(stdout).not.toContain('sesame')
    }
    const meant = project({ 'polypool.config.yaml': 'pools: { default: { proxy: false } }\n' })
    expect((await polypool(['check'], { cwd: meant, env })).stdout).not.toContain('By which way')
  })

  it.each([
    ['a.test', '"a.test" has no scheme: write it in front, as in https://api.example.com'],
    ['', '"" has no scheme'],
    ['ftp://u:sesame@a.test', '"ftp://…@a.test" is no URL of http or https'],
    ['https://u:sesame@', '"https://…@" is no URL: write it as in https://api.example.com'],
    ['http://unix:/var/run/docker.sock:/info', 'is a Unix socket, which is reached directly, whatever proxy is set'],
    ['unix:/var/run/docker.sock', 'is a Unix socket'],
  ])('is refused for %o', async (url, message) => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { proxy: env } }\n' })
    const { code, stdout, stderr } = await polypool(['check', '--url', url], { cwd, env: {} })
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(stdout + stderr).not.toContain('sesame')
  })

  it('says that ranges are for addresses alone', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { proxy: "http://p.test", noProxy: [10.0.0.0/8] } }\n' })
    const { stdout } = await polypool(['check'], { cwd, env: {} })
    expect(stdout).toMatch(/^10\.0\.0\.0\/8 +directly +noProxy: 10\.0\.0\.0\/8, no name is looked up$/m)
  })

  it('is refused for a variable that names no proxy', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { proxy: env } }\n' })
    const wrong = await polypool(['explain', 'got'], { cwd, env: { HTTPS_PROXY: 'ftp://u:sesame@p.test' } })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('HTTPS_PROXY in the environment: "ftp://…@p.test" has an unknown scheme')
  })
})

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
    why: 'hosts["*.eu.test"].proxy: env, and no variable names a proxy for this scheme',
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
        why: 'hosts["*.eu.test"].proxy: env, and no variable names a proxy for this scheme',
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
      'every other host: null (proxy: env, and no variable names a proxy for this scheme)',
    ])
  })

  it('is not told where there is no proxy, unless somebody asks', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { maxConnections: 5 } }\n' })
    expect((await polypool(['check'], { cwd, env: {} })).stdout).not.toContain('By which way')
    const { stdout } = await polypool(['check', '--url', 'https://a.test'], { cwd, env: { HTTPS_PROXY: 'http://p.test' } })
    expect(stdout).toMatch(/^https:\/\/a\.test +directly +proxy: false$/m)
  })

  it('is refused for what is no URL, and for a variable that names no proxy', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { proxy: env } }\n' })
    const noUrl = await polypool(['check', '--url', 'a.test'], { cwd, env: {} })
    expect([noUrl.code, noUrl.stderr]).toEqual([2, expect.stringContaining('--url "a.test" is no URL: write it with its scheme')])
    const wrong = await polypool(['explain', 'got'], { cwd, env: { HTTPS_PROXY: 'ftp://u:sesame@p.test' } })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('HTTPS_PROXY in the environment: "ftp://…@p.test" has an unknown scheme')
  })
})

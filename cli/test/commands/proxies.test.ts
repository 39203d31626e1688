import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { polypool, project } from '../command.ts'

const source = `import aiohttp, httpx, pycurl, urllib3

client = httpx.Client(proxy="http://user:sesame@proxy.test:3128", limits=httpx.Limits(max_connections=5))
http = urllib3.ProxyManager("http://user:sesame@proxy.test:3128", num_pools=3)
handle = pycurl.Curl()
handle.setopt(pycurl.PROXY, "proxy.test:3128")
handle.setopt(pycurl.PROXYUSERPWD, "user:sesame")


async def main():
    session = aiohttp.ClientSession(proxy="http://user:sesame@proxy.test:3128", trust_env=True)
`

const written = 'http://user:${PROXY_PASSWORD}@proxy.test:3128'

it('import writes a variable in place of a password, which the file then needs', async () => {
  const cwd = project({ 'source.py': source })
  const json = await polypool(['import', 'auto', 'source.py', '--json'], { cwd })
  const pools = JSON.parse(json.stdout) as { dialect: string; config: { proxy: string } }[]
  expect(pools.map(({ dialect, config }) => [dialect, config.proxy])).toEqual([
    ['httpx', written],
    ['urllib3', written],
    ['pycurl', written],
    ['aiohttp', written],
  ])
  const file = await polypool(['import', 'auto', 'source.py', '--write', 'polypool.config.yaml'], { cwd })
  const text = readFileSync(path.join(cwd, 'polypool.config.yaml'), 'utf8')
  expect(text).toContain(`proxy: ${written}`)
  for (const output of [json.stdout, json.stderr, file.stdout, file.stderr, text]) expect(output).not.toContain('sesame')
  const without = await polypool(['check'], { cwd, env: {} })
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('the variable PROXY_PASSWORD is not set')])
  const checked = await polypool(['check', '--json'], { cwd, env: { PROXY_PASSWORD: 'sesame' } })
  const configs = Object.values(JSON.parse(checked.stdout).pools as { [pool: string]: { config: { proxy: unknown } } })
  expect(configs.map(({ config }) => config.proxy)).toEqual([false, ...Array(4).fill('http://user:***@proxy.test:3128')])
})

it.each([
  ['explain', 'axios'],
  ['explain', 'undici'],
  ['export', 'httpx'],
  ['export', 'requests'],
  ['export', 'pycurl'],
  ['check'],
])('%s %s tells no password of the config', async (...command) => {
  const cwd = project({ 'polypool.config.yaml': `pools: { default: { proxy: "http://user:\${PW}@proxy.test:3128" } }\n` })
  for (const more of [[], ['--json']]) {
    const { stdout, stderr } = await polypool([...command, ...more], { cwd, env: { PW: 'sesame' } })
    expect(stdout).toMatch(/proxy/i)
    expect(stdout + stderr).not.toMatch(/sesame|%24%7B/)
  }
})

it('explain gives native code that takes the password from the environment', async () => {
  const cwd = project({
    'polypool.config.yaml': `pools: { default: { proxy: "http://user:\${PW}@proxy.test:3128", noProxy: [a.test] } }\n`,
  })
  const { stdout } = await polypool(['explain', 'undici'], { cwd, env: { PW: 'sesame' } })
  expect(stdout).toContain('const dispatcher = new EnvHttpProxyAgent({')
  expect(stdout).toContain('httpProxy: `http://user:${encodeURIComponent(process.env.PROXY_PASSWORD)}@proxy.test:3128`,')
  expect(stdout).toContain("noProxy: 'a.test',")
})

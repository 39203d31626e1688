import { spawn } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientNames } from '../../../src/clients/index.ts'
import { literal } from '../../../src/text/literal.ts'
import { bareEnvironment } from '../../../test/platform.ts'
import { probeCertificate } from '../../src/conformance/probe/certificates.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import { polypool, project, root } from '../command.ts'

const config = `pools:
  default: { maxConnections: 12, acquireTimeout: 1500ms }
  payments: { maxConnectionsPerHost: 3, hosts: { api.test: { keepAliveExpiry: 2s } } }
`

describe('explain', () => {
  it('shows native settings, code with and without polypool, and what is lost', async () => {
    const cwd = project({ 'polypool.config.yaml': config })
    const { code, stdout, stderr } = await polypool(['explain', 'axios', '--pool', 'payments'], { cwd })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^axios, pool payments \(polypool\.config\.yaml\)\n/)
    expect(stdout).toMatch(/^\(httpAgent, httpsAgent\)\.maxTotalSockets +12$/m)
    expect(stdout).toContain("  import * as adapter from 'polypool/axios'\n")
    expect(stdout).toContain("  const pool = pools.open(adapter, 'payments')\n")
    expect(stdout).toContain('    httpsAgent: new https.Agent({\n      keepAlive: true,')
    const lost = stdout.slice(stdout.indexOf('What native settings alone would not hold'))
    expect(lost).toMatch(/^acquireTimeout +unsupported +a request waits/m)
    expect(lost).toMatch(/^hosts +unsupported/m)
    expect(lost).not.toMatch(/^maxPending/m)
    expect(lost).toContain("- proxy: the pool options switch axios' own way through a proxy off")
  })

  it('gives the same as JSON', async () => {
    const cwd = project({ 'polypool.config.yaml': config })
    const { stdout } = await polypool(['explain', 'undici', '--pool', 'payments', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({
      client: 'undici',
      pool: 'payments',
      file: 'polypool.config.yaml',
      config: { maxConnections: 12, acquireTimeout: '1.5s', hosts: { 'api.test': { keepAliveExpiry: '2s' } } },
      settings: { connections: 3 },
      lost: expect.arrayContaining([expect.objectContaining({ field: 'maxConnections', support: 'unsupported' })]),
    })
  })

  it('says what the client can’t do, of what was asked for', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools: { default: { http2: true }, old: { http2: false } }' })
    const approximated = async (pool: string) =>
      JSON.parse((await polypool(['explain', 'got', '--json', '--pool', pool], { cwd })).stdout).approximated
    expect(await approximated('default')).toContainEqual(expect.objectContaining({ field: 'http2', support: 'unsupported' }))
    const advice = async (pool: string) =>
      JSON.parse((await polypool(['explain', 'undici', '--json', '--pool', pool], { cwd })).stdout).advice as { field: string }[]
    expect((await advice('old')).map(({ field }) => field)).not.toContain('http2')
    expect(await approximated('old')).not.toContainEqual(expect.objectContaining({ support: 'unsupported' }))
  })

  it('names the file in the code only where it would not be found', async () => {
    const cwd = project({ 'limits/pools.yaml': config })
    const { stdout } = await polypool(['explain', 'got', '--config', 'limits/pools.yaml'], { cwd })
    expect(stdout).toContain("await loadPools({ file: 'limits/pools.yaml' })")
  })

  it('falls back on the defaults, and writes createPool then', async () => {
    const { code, stdout } = await polypool(['explain', 'node-fetch'], { cwd: project() })
    expect(code).toBe(0)
    expect(stdout).toContain('(no config file, so the defaults)')
    expect(stdout).toContain("import { createPool } from 'polypool/node-fetch'")
  })

  it.each([
    [['explain', 'axios', '--config', 'absent.yaml'], 'absent.yaml: the file does not exist'],
    [['explain', 'axios', '--pool', 'paiments'], 'there is no pool "paiments": did you mean payments?'],
    [['explain', 'axios', '--pol', 'x'], "unknown option '--pol'\n(Did you mean --pool?)"],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await polypool(args, { cwd: project({ 'polypool.config.yaml': config }) })
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})

describe('the code to paste', () => {
  const probe = new LocalProbe()
  let port = 0
  beforeAll(async () => {
    port = (await probe.listen({ scheme: 'https' })).port
  })
  afterAll(() => probe.stop())

  /** Runs code as if polypool were installed, against the probe. */
  async function execute(code: string): Promise<string> {
    const cwd = project({ 'polypool.config.yaml': config })
    writeFileSync(path.join(cwd, 'ca.pem'), probeCertificate)
    symlinkSync(path.join(root, 'node_modules'), path.join(cwd, 'node_modules'), 'junction')
    const local = code
      .replace(
        /from 'polypool\/([\w-]+)'/g,
        (_, name: string) => `from ${JSON.stringify(pathToFileURL(path.join(root, `adapters/${name}.ts`)).href)}`,
      )
      .replace("from 'polypool'", `from ${JSON.stringify(pathToFileURL(path.join(root, 'src/files/pools.ts')).href)}`)
      .replaceAll('https://api.example.com/', `https://127.0.0.1:${port}/?size=20&echo=0`)
      // The probe does not answer in JSON.
      .replace('.json()', '.text()')
    const ending = "\nprocess.on('exit', () => console.log('done'))\n"
    writeFileSync(path.join(cwd, 'code.mjs'), local + ending)
    const child = spawn(process.execPath, ['--no-warnings', 'code.mjs'], {
      cwd,
      env: { ...bareEnvironment(), NODE_EXTRA_CA_CERTS: path.join(cwd, 'ca.pem') },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        output += data
      })
    await new Promise((resolve) => child.on('close', resolve))
    return output
  }

  it.each(clientNames)('runs for %s: from a file, from createPool, and without polypool', async (client) => {
    const [ofFile, plain] = await Promise.all([
      polypool(['explain', client, '--json', '--pool', 'payments'], { cwd: project({ 'polypool.config.yaml': config }) }),
      polypool(['explain', client, '--json'], { cwd: project() }),
    ])
    const before = (await probe.report()).connections.flatMap(({ requests }) => requests).length
    const codes = [
      JSON.parse(ofFile.stdout).withPolypool,
      JSON.parse(plain.stdout).withPolypool,
      JSON.parse(ofFile.stdout).withoutPolypool,
    ]
    expect(await Promise.all(codes.map(execute))).toEqual(['done\n', 'done\n', 'done\n'])
    const requests = (await probe.report()).connections.flatMap((connection) => connection.requests).slice(before)
    expect(requests).toHaveLength(3)
  })

  it('escapes what it quotes', () => {
    const value = { "it's": "a 'quote', a \" and a \\ and\n", n: [1, Number.POSITIVE_INFINITY], o: {}, u: undefined }
    expect(new Function(`return ${literal(value)}`)()).toEqual({ "it's": value["it's"], n: value.n, o: {} })
  })
})

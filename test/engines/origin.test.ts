import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { originKey } from '../../src/engines/origin.ts'
import { listen, open, send, until, variants } from './node-agent/support.ts'

const groups: readonly (readonly [origin: string, spellings: readonly string[]])[] = [
  ['api.example.com', ['api.example.com', 'API.Example.COM', 'api.example.com.', 'API.EXAMPLE.COM.']],
  ['xn--bcher-kva.de', ['bücher.de', 'BÜCHER.de', 'xn--bcher-kva.de', 'XN--BCHER-KVA.DE', 'bücher.de.', 'bücher。de']],
  ['127.0.0.1', ['127.0.0.1', '127.1', '0x7f.1', '0X7F.0.0.1', '2130706433', '0177.0.0.1', '127.0.0.1.']],
  ['[::1]', ['::1', '[::1]', '0:0:0:0:0:0:0:1', '[0::1]']],
  ['[::ffff:7f00:1]', ['::ffff:127.0.0.1', '::FFFF:7f00:1', '[::ffff:127.0.0.1]']],
  // None to a URL, so they stay what they are.
  ['a b', ['a b', 'A B']],
  ['user@a', ['user@a']],
  ['a%2eb', ['a%2eb', 'A%2EB']],
  ['256.1.1.1', ['256.1.1.1']],
  ['[fe80::1%eth0]', ['fe80::1%eth0']],
  ['a_b', ['a_b', 'A_B']],
  ['.', ['.']],
]

it.each(groups)('%s is one origin in every spelling', (host, spellings) => {
  for (const spelling of spellings) expect(originKey('http:', spelling, 80), spelling).toBe(`http://${host}:80`)
})

it('a port is a number, however it is spelled', () => {
  for (const port of [443, '443', '0443', ' 443', '0x1bb']) expect(originKey('https:', 'a.test', port)).toBe('https://a.test:443')
})

it('a host counts as the one that a URL makes of it', () => {
  const label = fc.oneof(
    fc.constantFrom('0', '1', '127', '0x7f', '010', 'a', 'A', 'ü', 'xn--a', '_', '-', 'ß', '٣', '1e3', '00', '0x'),
    fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme' }).filter((text) => !/[\s/?#@\\%:[\]]/.test(text)),
  )
  const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'))
  fc.assert(
    fc.property(host, (spelling) => {
      if (!URL.canParse(`http://${spelling}/`)) return
      const { hostname } = new URL(`http://${spelling}/`)
      expect(originKey('http:', spelling, 80)).toBe(originKey('http:', hostname, 80))
      expect(originKey('http:', hostname, 80)).toBe(`http://${hostname.length > 1 ? hostname.replace(/\.$/, '') : hostname}:80`)
    }),
    { numRuns: 5000 },
  )
})

describe.each(variants.filter(({ scheme }) => scheme === 'http'))('$name', (variant) => {
  it.each(groups.slice(0, 3))(
    '%s has one cap, that of its key in hosts, and option objects count with URLs',
    async (host, spellings) => {
      const held: (() => void)[] = []
      const { port, sockets } = await listen('http', (_, response) => void held.push(() => response.end('ok')))
      const opened = open(
        variant,
        { maxConnectionsPerHost: 5, hosts: { [`${host}:${port}`]: { maxConnectionsPerHost: 2 } } },
        {
          lookup: (_, options, callback) =>
            options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
        },
      )
      const answers = spellings.flatMap((spelling) => {
        const { hostname } = new URL(`http://${spelling}:${port}`)
        // Node itself takes no name with an umlaut into a Host header.
        const headers = { host: 'any' }
        return [{ host: spelling }, { hostname: spelling }, { hostname }].map(
          (given) => send(opened, { ...given, port, headers }).answer,
        )
      })
      for (let left = answers.length; left > 0; left--) {
        await until(() => {
          expect(held.length).toBe(Math.min(left, 2))
          expect(opened.pool.stats()).toMatchObject({ active: Math.min(left, 2), pending: Math.max(left - 2, 0) })
        })
        expect(Object.keys(opened.pool.stats().hosts)).toEqual([`http://${host}:${port}`])
        expect(sockets.size).toBeLessThanOrEqual(2)
        held.shift()?.()
      }
      for (const answer of answers) expect(await answer).toMatchObject({ status: 200 })
    },
  )
})

import { describe, expect, it } from 'vitest'
import { type NoProxy, readNoProxy } from '../../../src/config/proxies/no-proxy.ts'

function listOf(value: unknown): NoProxy {
  const read = readNoProxy(value)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read.list
}

/** Each form, hosts that it reaches directly and hosts that it does not: as origins spell them, on port 443 where none is given. */
const forms: readonly { form: string; from: string; entry: string; direct: readonly string[]; proxied: readonly string[] }[] = [
  {
    form: 'every host',
    from: 'Go, Node',
    entry: '*',
    direct: ['a.example', '10.0.0.1', '[::1]', 'a.example:8080'],
    proxied: [],
  },
  {
    form: 'a name',
    from: 'curl, Go: with those below',
    entry: 'example.com',
    direct: ['example.com', 'api.example.com', 'a.b.example.com', 'example.com:8080'],
    proxied: ['notexample.com', 'example.com.evil.test', 'example.org', 'com'],
  },
  {
    form: 'a name with a dot in front',
    from: 'curl, Node: the same',
    entry: '.example.com',
    direct: ['example.com', 'api.example.com'],
    proxied: ['notexample.com', 'example.org'],
  },
  {
    form: 'a suffix with a star',
    from: 'Go, Node: not the name itself',
    entry: '*.example.com',
    direct: ['api.example.com', 'a.b.example.com'],
    proxied: ['example.com', 'notexample.com'],
  },
  {
    form: 'a label',
    from: 'all',
    entry: 'localhost',
    direct: ['localhost', 'a.localhost'],
    proxied: ['localhost.example', '127.0.0.1'],
  },
  { form: 'upper case', from: 'all', entry: 'API.Example.COM', direct: ['api.example.com'], proxied: ['example.com'] },
  {
    form: 'a dot at the end',
    from: 'curl',
    entry: 'example.com.',
    direct: ['example.com', 'api.example.com'],
    proxied: ['example.org'],
  },
  {
    form: 'a name in its own letters',
    from: 'Go',
    entry: 'bücher.example',
    direct: ['xn--bcher-kva.example'],
    proxied: ['bucher.example'],
  },
  { form: 'underscores', from: 'curl', entry: 'my_service', direct: ['my_service'], proxied: ['my-service'] },
  {
    form: 'a name and a port',
    from: 'Go, Node',
    entry: 'example.com:8443',
    direct: ['example.com:8443', 'api.example.com:8443'],
    proxied: ['example.com', 'example.com:84430'],
  },
  {
    form: 'a suffix and a port',
    from: 'Go',
    entry: '*.example.com:443',
    direct: ['api.example.com'],
    proxied: ['api.example.com:80', 'example.com'],
  },
  {
    form: 'an IPv4 address',
    from: 'all',
    entry: '192.0.2.1',
    direct: ['192.0.2.1', '192.0.2.1:80', '[::ffff:c000:201]'],
    proxied: ['192.0.2.10', '1.192.0.2.1.example', '[::1]'],
  },
  {
    form: 'an address and a port',
    from: 'Go, Node',
    entry: '192.0.2.1:8080',
    direct: ['192.0.2.1:8080'],
    proxied: ['192.0.2.1'],
  },
  {
    form: 'an IPv6 address',
    from: 'curl, Go',
    entry: '2001:DB8::0:1',
    direct: ['[2001:db8::1]', '[2001:db8::1]:80'],
    proxied: ['[2001:db8::2]'],
  },
  {
    form: 'an IPv6 address in brackets',
    from: 'Go, Node',
    entry: '[::1]',
    direct: ['[::1]', '[::1]:8080'],
    proxied: ['[::2]', '127.0.0.1'],
  },
  { form: 'an IPv6 address and a port', from: 'Go, Node', entry: '[::1]:8080', direct: ['[::1]:8080'], proxied: ['[::1]'] },
  {
    form: 'a range by its bits',
    from: 'curl, Go',
    entry: '10.0.0.0/8',
    direct: ['10.0.0.0', '10.255.255.255', '[::ffff:a00:1]'],
    proxied: ['11.0.0.0', '9.255.255.255', '10.example', '[a::1]'],
  },
  {
    form: 'a range whose address is not its first',
    from: 'curl, Go',
    entry: '10.1.2.3/8',
    direct: ['10.9.9.9'],
    proxied: ['11.1.2.3'],
  },
  {
    form: 'every IPv4 address',
    from: 'curl, Go',
    entry: '0.0.0.0/0',
    direct: ['192.0.2.1'],
    proxied: ['a.example', '[2001:db8::1]'],
  },
  { form: 'one address as a range', from: 'curl, Go', entry: '192.0.2.1/32', direct: ['192.0.2.1'], proxied: ['192.0.2.2'] },
  { form: 'a range of IPv6', from: 'curl, Go', entry: 'fd00::/8', direct: ['[fd12::1]'], proxied: ['[fe80::1]', '10.0.0.1'] },
  {
    form: 'a range of IPv6 in brackets',
    from: 'what people write',
    entry: '[fd00::]/8',
    direct: ['[fd12::1]'],
    proxied: ['[fe80::1]'],
  },
  {
    form: 'a range without its zeros',
    from: 'settings of systems',
    entry: '169.254/16',
    direct: ['169.254.1.1'],
    proxied: ['169.255.1.1'],
  },
  { form: 'the same of one number', from: 'settings of systems', entry: '10/8', direct: ['10.1.1.1'], proxied: ['100.1.1.1'] },
  {
    form: 'a range by its ends',
    from: 'Node',
    entry: '192.0.2.5-192.0.2.9',
    direct: ['192.0.2.5', '192.0.2.7', '192.0.2.9'],
    proxied: ['192.0.2.4', '192.0.2.10', '[::1]'],
  },
  { form: 'a range of IPv6 by its ends', from: 'Node, which lacks it', entry: '::5-::9', direct: ['[::7]'], proxied: ['[::a]'] },
  {
    form: 'a name with a hyphen',
    from: 'all',
    entry: 'a-b.example',
    direct: ['a-b.example'],
    proxied: ['a.example', 'b.example'],
  },
  { form: 'spaces around it', from: 'Go, Node', entry: '  example.com ', direct: ['example.com'], proxied: ['example.org'] },
]

const split = (host: string) => {
  const [, name = host, port = '443'] = /^(\[.*\]|[^[:]+):(\d+)$/.exec(host) ?? []
  return [name, Number(port)] as const
}

describe.each(forms)('$form ($from): $entry', ({ entry, direct, proxied }) => {
  const list = listOf([entry])

  it.each(direct)('reaches %s directly, by itself', (host) => {
    expect(list.match(...split(host))).toBe(entry.trim())
  })

  it.each(proxied.length > 0 ? proxied : ['-'])('leaves %s to the proxy', (host) => {
    if (host !== '-') expect(list.match(...split(host))).toBe(null)
  })
})

describe('a list', () => {
  it.each([
    ['localhost,.internal,10.0.0.0/8'],
    ['localhost, .internal , 10.0.0.0/8'],
    [' localhost .internal\t10.0.0.0/8 '],
    [',localhost,,.internal,10.0.0.0/8,'],
    [['localhost', '.internal', '10.0.0.0/8']],
  ])('%j is read', (value) => {
    const list = listOf(value)
    expect(['localhost', 'a.internal', '10.1.1.1', 'a.example'].map((host) => list.match(host, 80))).toEqual([
      'localhost',
      '.internal',
      '10.0.0.0/8',
      null,
    ])
  })

  it.each(['', ' ', ',', []])('%j has nobody reached directly', (value) => {
    expect(listOf(value).match('a.example', 80)).toBe(null)
  })

  it('with a star somewhere has every host reached directly', () => {
    expect(listOf('localhost,*').match('a.example', 80)).toBe('*')
  })
})

it.each([
  [42, '42 is no list of hosts'],
  [{ host: 'a' }, 'an object is no list of hosts'],
  [[42], '42 is no host'],
  [[''], '"" is no host'],
  [['a.example,b.example'], '"a.example,b.example" is more than one host: give each an item of its own'],
  [['http://a.example'], '"http://a.example" has a scheme: write the host alone'],
  [['a.example/path'], '"a.example/path" is no range of addresses'],
  [['10.0.0.0/33'], 'is no range of addresses'],
  [['fd00::/129'], 'is no range of addresses'],
  [['10.0.0.0/'], 'is no range of addresses'],
  [['300.0.0.0/8'], 'is no range of addresses'],
  [['10.0.0.9-10.0.0.1'], '"10.0.0.9-10.0.0.1" is no range of addresses: both are of one kind, the lower one first'],
  [['10.0.0.1-::1'], 'is no range of addresses'],
  [['a.example:0'], '"a.example:0" has no valid port: use 1 to 65535'],
  [['a.example:99999'], 'has no valid port'],
  [['a.example:'], 'has no valid port'],
  [['a.example:http'], 'is no host'],
  [['*example.com'], '"*example.com" is no host: use "host", "host:port", ".suffix", "*.suffix", "*", an address, or a range'],
  [['api.*.example'], 'is no host'],
  [['<local>'], 'is no host'],
  [['.'], 'is no host'],
  [['*.'], 'is no host'],
  [['a..example'], 'is no host'],
  [['8080'], 'is no host'],
  [['user:secret@a.example'], '"…@a.example" is no host'],
])('%j is refused', (value, why) => {
  const read = readNoProxy(value)
  expect('problems' in read && read.problems.join('\n')).toContain(why)
  expect(JSON.stringify(read)).not.toContain('secret')
})

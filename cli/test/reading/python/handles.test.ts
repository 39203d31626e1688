import { expect, test } from 'vitest'
import { dialectOf } from '../../../src/reading/python/dialects.ts'
import { imported, type Outline, outline } from './helpers.ts'

type Case = [what: string, source: string, ...places: [label: string, settings: Outline][]]

const cases: Case[] = [
  [
    'easy handles by themselves',
    'a = pycurl.Curl()\na.setopt(pycurl.CONNECTTIMEOUT, 5)\nb = pycurl.Curl()\nb.setopt(pycurl.CONNECTTIMEOUT, 6)',
    ['pycurl.Curl', { MAXCONNECTS: 0, CONNECTTIMEOUT: 5 }],
    ['pycurl.Curl', { MAXCONNECTS: 0, CONNECTTIMEOUT: 6 }],
  ],
  [
    'one name for two handles',
    'c = pycurl.Curl()\nc.setopt(c.MAXCONNECTS, 5)\nc = pycurl.Curl()\nc.setopt(c.MAXCONNECTS, 6)',
    ['pycurl.Curl', { MAXCONNECTS: 5 }],
    ['pycurl.Curl', { MAXCONNECTS: 6 }],
  ],
  [
    'handles of functions',
    'def f():\n  c = pycurl.Curl()\n  c.setopt(pycurl.MAXAGE_CONN, 5)\ndef g():\n  c = pycurl.Curl()\n  c.setopt(pycurl.FORBID_REUSE, 1)',
    ['pycurl.Curl', { MAXCONNECTS: 0, MAXAGE_CONN: 5 }],
    ['pycurl.Curl', { MAXCONNECTS: 0, FORBID_REUSE: 1 }],
  ],
  [
    'a handle that comes from elsewhere',
    'def f(m):\n  m.setopt(pycurl.M_MAX_HOST_CONNECTIONS, 2)\n  m.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, 9)',
    ['m.setopt', { M_MAX_HOST_CONNECTIONS: 2, M_MAX_TOTAL_CONNECTIONS: 9 }],
  ],
  [
    'a handle as an attribute',
    'class A:\n  def __init__(self):\n    self.m = pycurl.CurlMulti()\n  def f(self):\n    self.m.setopt(pycurl.M_MAXCONNECTS, 3)',
    ['pycurl.CurlMulti', { M_MAXCONNECTS: 3 }],
  ],
  [
    'an option that only some runs set',
    'c = pycurl.Curl()\nif slow:\n  c.setopt(pycurl.CONNECTTIMEOUT, 60)\ntry:\n  c.setopt(pycurl.MAXCONNECTS, 3)\nfinally:\n  c.close()',
    ['pycurl.Curl', { MAXCONNECTS: 3, CONNECTTIMEOUT: '‹60›' }],
  ],
  [
    'options by import',
    'from pycurl import *\nc = Curl()\nc.setopt(TCP_KEEPALIVE, True)',
    ['pycurl.Curl', { MAXCONNECTS: 0, TCP_KEEPALIVE: true }],
  ],

  // Easy handles in a multi handle.
  [
    'what easy handles of the only multi handle agree on',
    'm = pycurl.CurlMulti()\nm.setopt(pycurl.M_MAXCONNECTS, 50)\na = pycurl.Curl()\na.setopt(pycurl.MAXAGE_CONN, 30)\nb = pycurl.Curl()\nb.setopt(pycurl.MAXAGE_CONN, 30)',
    ['pycurl.CurlMulti', { M_MAXCONNECTS: 50, MAXAGE_CONN: 30 }],
  ],
  [
    'what they do not agree on',
    'm = pycurl.CurlMulti()\na = pycurl.Curl()\na.setopt(pycurl.MAXAGE_CONN, 30)\na.setopt(pycurl.FORBID_REUSE, 1)\nb = pycurl.Curl()\nb.setopt(pycurl.MAXAGE_CONN, 40)',
    ['pycurl.CurlMulti', { MAXAGE_CONN: '‹30›', FORBID_REUSE: '‹1›' }],
  ],
  [
    'a function that sets up easy handles',
    'm = pycurl.CurlMulti()\na = pycurl.Curl()\ndef f(c):\n  c.setopt(pycurl.MAXAGE_CONN, 30)\nf(a)',
    ['pycurl.CurlMulti', { MAXAGE_CONN: 30 }],
  ],
  [
    'an easy handle that performs by itself',
    'm = pycurl.CurlMulti()\na = pycurl.Curl()\na.setopt(pycurl.MAXAGE_CONN, 30)\na.perform()',
    ['pycurl.CurlMulti', {}],
    ['pycurl.Curl', { MAXCONNECTS: 0, MAXAGE_CONN: 30 }],
  ],
  [
    'several multi handles',
    'm = pycurl.CurlMulti()\nn = pycurl.CurlMulti()\na = pycurl.Curl()\na.setopt(pycurl.MAXAGE_CONN, 30)',
    ['pycurl.CurlMulti', {}],
    ['pycurl.CurlMulti', {}],
    ['pycurl.Curl', { MAXAGE_CONN: 30 }],
  ],
  [
    'attributes of a handle',
    'class F:\n  def __init__(self):\n    self.multi = pycurl.CurlMulti()\n    self.multi.setopt(pycurl.M_MAXCONNECTS, 50)\n    self.multi.handles = []\n    self.multi.handles.append(x)',
    ['pycurl.CurlMulti', { M_MAXCONNECTS: 50 }],
  ],

  // Options in loops.
  [
    'a loop over a dict of options',
    'OPTIONS = {pycurl.CONNECTTIMEOUT_MS: 1500, pycurl.MAXAGE_CONN: N}\nN = 60\nc = pycurl.Curl()\nfor opt, val in OPTIONS.items():\n  c.setopt(opt, val)',
    ['pycurl.Curl', { MAXCONNECTS: 0, CONNECTTIMEOUT_MS: 1500, MAXAGE_CONN: 60 }],
  ],
  [
    'a loop over pairs',
    'c = pycurl.Curl()\nfor o, v in [(pycurl.FORBID_REUSE, 1), (c.MAXCONNECTS, 9)]:\n  c.setopt(o, v)',
    ['pycurl.Curl', { FORBID_REUSE: 1, MAXCONNECTS: 9 }],
  ],
  [
    'a loop over options',
    'c = pycurl.Curl()\nfor o in (pycurl.FORBID_REUSE, pycurl.FRESH_CONNECT):\n  c.setopt(o, 1)',
    ['pycurl.Curl', { MAXCONNECTS: 0, FORBID_REUSE: 1, FRESH_CONNECT: 1 }],
  ],
  [
    'two loops with the same variables',
    'c = pycurl.Curl()\nfor o, v in ((c.FORBID_REUSE, 1),):\n  c.setopt(o, v)\nfor o, v in {c.MAXAGE_CONN: 2}.items():\n  c.setopt(o, v)',
    ['pycurl.Curl', { MAXCONNECTS: 0, FORBID_REUSE: 1, MAXAGE_CONN: 2 }],
  ],
  [
    'a loop of a class over its options',
    'class C:\n  OPTIONS = {pycurl.MAXAGE_CONN: 5}\n  def f(self):\n    c = pycurl.Curl()\n    for o, v in self.OPTIONS.items():\n      c.setopt(o, v)',
    ['pycurl.Curl', { MAXCONNECTS: 0, MAXAGE_CONN: 5 }],
  ],
  [
    'a loop over what the file does not tell, after which nothing is certain',
    'c = pycurl.Curl()\nc.setopt(c.MAXAGE_CONN, 5)\nfor o, v in load().items():\n  c.setopt(o, v)\nc.setopt(c.CONNECTTIMEOUT, 3)',
    ['pycurl.Curl', { CONNECTTIMEOUT: 3, '*': 'o' }],
  ],
  [
    'a loop that may end early',
    'c = pycurl.Curl()\nfor o, v in {c.MAXAGE_CONN: 5}.items():\n  if x:\n    break\n  c.setopt(o, v)',
    ['pycurl.Curl', { '*': 'o' }],
  ],
  [
    'a loop over a dict that is changed',
    'c = pycurl.Curl()\nD = {c.MAXAGE_CONN: 5}\nD.update(x)\nfor o, v in D.items():\n  c.setopt(o, v)',
    ['pycurl.Curl', { '*': 'o' }],
  ],
  [
    'a loop whose variable is bound again',
    'c = pycurl.Curl()\nfor o, v in {c.MAXAGE_CONN: 5}.items():\n  v = v * 2\n  c.setopt(o, v)',
    ['pycurl.Curl', { '*': 'o' }],
  ],
  ['options as one argument', 'c = pycurl.Curl()\nfor pair in x:\n  c.setopt(*pair)', ['pycurl.Curl', { '*': 'pair' }]],
  ['an option by name', 'c = pycurl.Curl()\nc.setopt(getattr(pycurl, n), 1)', ['pycurl.Curl', { '*': 'getattr(pycurl, n)' }]],
  [
    'an unknown option of an easy handle in a multi handle',
    'm = pycurl.CurlMulti()\nm.setopt(pycurl.M_MAXCONNECTS, 5)\nc = pycurl.Curl()\nc.setopt(o, 1)\nc.setopt(c.MAXAGE_CONN, 1)',
    ['pycurl.CurlMulti', { M_MAXCONNECTS: 5, '*': 'o' }],
  ],
]

test.each(cases)('%s', (_, source, ...places) => {
  expect(outline(`import pycurl\n${source}`)).toEqual(places)
})

test('what an unknown loop may set is left out', () => {
  const [found] = imported(
    'import pycurl\nc = pycurl.Curl()\nfor o, v in load().items():\n  c.setopt(o, v)\nc.setopt(c.MAXLIFETIME_CONN, 60)',
  ).found
  expect(found?.unknown).toMatchObject([{ setting: '**', source: 'o', line: 4 }])
  expect(found?.config).toMatchObject({ maxLifetime: 60_000 })
  expect(Object.keys(found?.config ?? {})).not.toContain('maxIdleConnections')
  expect(Object.keys(found?.config ?? {})).not.toContain('keepAlive')
})

test('options that easy handles do not agree on are told with their places', () => {
  const [found] = imported(
    'import pycurl\nm = pycurl.CurlMulti()\na = pycurl.Curl()\na.setopt(pycurl.MAXAGE_CONN, 30)\nb = pycurl.Curl()\nb.setopt(pycurl.MAXAGE_CONN, 40)',
  ).found
  expect(found?.unknown).toMatchObject([
    {
      setting: 'MAXAGE_CONN',
      places: [
        { source: '30', line: 4 },
        { source: '40', line: 6 },
      ],
    },
  ])
})

test('what export writes is one pool', () => {
  const { code } = dialectOf('pycurl').write({
    maxConnections: 5,
    connectTimeout: '2s',
    tcpKeepAlive: '90s',
    keepAliveExpiry: '30s',
  })
  const { found, problems } = imported(code)
  expect({ problems, pools: found.length }).toEqual({ problems: [], pools: 1 })
  expect(found[0]?.config).toMatchObject({
    maxConnections: 5,
    connectTimeout: 2000,
    tcpKeepAlive: 90_000,
    keepAliveExpiry: 30_000,
  })
})

test('constants of pycurl are known, however they are named', () => {
  const multi = (value: string, before = '') =>
    imported(`import pycurl\n${before}\nm = pycurl.CurlMulti()\nm.setopt(pycurl.M_PIPELINING, ${value})`).found[0]?.config
  expect(multi('pycurl.PIPE_MULTIPLEX')).toMatchObject({ http2: true })
  expect(multi('pycurl.PIPE_NOTHING')).not.toHaveProperty('http2')
  expect(multi('PIPE_MULTIPLEX', 'from pycurl import PIPE_MULTIPLEX')).toMatchObject({ http2: true })
  expect(multi('kind', 'kind = pycurl.PIPE_MULTIPLEX')).toMatchObject({ http2: true })
  const easy = (value: string) =>
    imported(`import pycurl\nc = pycurl.Curl()\nc.setopt(pycurl.HTTP_VERSION, pycurl.${value})`).found[0]?.config
  expect(easy('CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE')).toMatchObject({ http2: 'only' })
  expect(easy('CURL_HTTP_VERSION_1_1')).toMatchObject({ http2: false })
})

test('the order of options is kept', () => {
  const [place] = outline(
    'import pycurl\nc = pycurl.Curl()\nc.setopt(pycurl.CONNECTTIMEOUT, 1)\nc.setopt(pycurl.CONNECTTIMEOUT_MS, 2)\nc.setopt(pycurl.CONNECTTIMEOUT, 3)',
  )
  expect(Object.entries(place?.[1] ?? {})).toEqual([
    ['MAXCONNECTS', 0],
    ['CONNECTTIMEOUT_MS', 2],
    ['CONNECTTIMEOUT', 3],
  ])
})

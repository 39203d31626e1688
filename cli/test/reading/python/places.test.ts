import { expect, test } from 'vitest'
import { type Outline, outline } from './helpers.ts'

const httpx = 'import httpx\n'
const l = (max_connections: unknown) => ({ 'limits.max_connections': max_connections })

type Case = [what: string, source: string, ...places: [label: string, settings: Outline][]]

const cases: Case[] = [
  // How libraries are imported.
  ['a module', `${httpx}c = httpx.Client()`, ['httpx.Client', {}]],
  ['a module under another name', 'import httpx as h\nh.Client()', ['httpx.Client', {}]],
  ['a class under another name', 'from httpx import Limits as L\nL(max_connections=5)', ['httpx.Limits', l(5)]],
  [
    'several names in parentheses',
    'from httpx import (\n  Client,\n  Limits as L,\n)\nClient(limits=L())',
    ['httpx.Client', { limits: {} }],
  ],
  ['a module within a package', 'import requests.adapters\nrequests.adapters.HTTPAdapter()', ['requests.HTTPAdapter', {}]],
  [
    'a module within a package, by name',
    'from requests import adapters\nadapters.HTTPAdapter(5)',
    ['requests.HTTPAdapter', { pool_connections: 5 }],
  ],
  [
    'a dotted module under another name',
    'import urllib3.util.timeout as t, urllib3\nx = urllib3.PoolManager(timeout=t.Timeout(3))',
    ['urllib3.PoolManager', { 'timeout.total': 3 }],
  ],
  [
    'a vendored library',
    'from requests.packages.urllib3 import PoolManager\nPoolManager(3)',
    ['urllib3.PoolManager', { num_pools: 3 }],
  ],
  ['an import in a function', 'def f():\n  import httpx\n  return httpx.Client()', ['httpx.Client', {}]],
  ['an optional import', 'try:\n  import httpx\nexcept ImportError:\n  httpx = None\nhttpx.Client()', ['httpx.Client', {}]],
  ['a star import', 'from httpx import *\nClient(limits=Limits(max_connections=3))', ['httpx.Client', l(3)]],
  ['another name for a class', `${httpx}Make = httpx.Client\nMake()`, ['httpx.Client', {}]],
  ['fragments without imports', 'client = httpx.Client(limits=httpx.Limits(max_connections=1))', ['httpx.Client', l(1)]],
  ['a bare name that only one library has', 'c = TCPConnector(limit=9)', ['aiohttp.TCPConnector', { limit: 9 }]],
  ['an ambiguous bare name is nobody’s', 'x = Limits(max_connections=1)\ny = Client()\nimport httpx'],
  ['a name that is bound to something else', 'from mine import HTTPAdapter, httpx\nHTTPAdapter(1)\nhttpx.Client()'],
  ['a parameter of that name', `def f(httpx, requests):\n  httpx.Client()\n  requests.Session()`],
  ['a local name of that name', 'httpx = Fake()\nhttpx.Client()\nclass requests:\n  pass\nrequests.Session()'],
  ['a relative module of that name', 'from .httpx import Client\nfrom . import requests\nClient()\nrequests.Session()'],
  ['after a star import bare names may be anybody’s', 'from mine import *\nHTTPAdapter(1)'],
  ['methods are no constructors', `${httpx}httpx.Client.get("x")\nhttpx.get("x")\nhttpx.Limits\nfoo.httpx.Client()`],

  // httpx
  [
    'client, limits and timeout in place',
    `${httpx}httpx.AsyncClient(limits=httpx.Limits(max_connections=10, max_keepalive_connections=5, keepalive_expiry=30.0), timeout=httpx.Timeout(10, pool=2.5))`,
    [
      'httpx.AsyncClient',
      {
        ...l(10),
        'limits.max_keepalive_connections': 5,
        'limits.keepalive_expiry': 30,
        'timeout.timeout': 10,
        'timeout.pool': 2.5,
      },
    ],
  ],
  [
    'client, limits and timeout by name',
    `${httpx}limits = httpx.Limits(max_connections=10)\ntimeout = httpx.Timeout(None)\nwith httpx.Client(limits=limits, timeout=timeout) as client:\n  pass`,
    ['httpx.Client', { ...l(10), 'timeout.timeout': null }],
  ],
  [
    'one Limits for two clients',
    `${httpx}limits = httpx.Limits(max_connections=10)\na = httpx.Client(limits=limits)\nb = httpx.AsyncClient(limits=limits, timeout=3)`,
    ['httpx.Client', l(10)],
    ['httpx.AsyncClient', { ...l(10), timeout: 3 }],
  ],
  [
    'limits that no client takes',
    `${httpx}limits = httpx.Limits(keepalive_expiry=None)`,
    ['httpx.Limits', { 'limits.keepalive_expiry': null }],
  ],
  ['limits without arguments are not no limits', `${httpx}limits = httpx.Limits()`, ['httpx.Limits', { limits: {} }]],
  [
    'a timeout as a number, or none',
    `${httpx}httpx.Client(timeout=5)\nhttpx.Client(timeout=None)`,
    ['httpx.Client', { timeout: 5 }],
    ['httpx.Client', { timeout: null }],
  ],
  [
    'a timeout as a tuple',
    `${httpx}httpx.Client(timeout=(1, 2, 3, 4))\nx = httpx.Client(timeout=httpx.Timeout((1, 2, 3, None)))`,
    ['httpx.Client', { 'timeout.connect': 1, 'timeout.read': 2, 'timeout.write': 3, 'timeout.pool': 4 }],
    ['httpx.Client', { 'timeout.connect': 1, 'timeout.read': 2, 'timeout.write': 3, 'timeout.pool': null }],
  ],
  ['a timeout alone', `${httpx}limit = httpx.Timeout(5)`],
  [
    'a database in a file',
    'from sqlalchemy import create_engine\ncreate_engine("sqlite:///app.db")\ncreate_engine(f"sqlite://{x}")',
  ],
  [
    'a database elsewhere',
    'from sqlalchemy import create_engine\ncreate_engine(f"postgresql://{x}")',
    ['sqlalchemy.create_engine', {}],
  ],
  ['httpx by its other name', 'import httpx2\nhttpx2.Client(timeout=3)', ['httpx.Client', { timeout: 3 }]],
  [
    'httpx by one name or the other',
    'try:\n  import httpx2 as httpx\nexcept ImportError:\n  import httpx\nhttpx.Client(timeout=3)',
    ['httpx.Client', { timeout: 3 }],
  ],
  [
    'TCP probes',
    `${httpx}import socket\nfrom socket import SO_KEEPALIVE\nhttpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, SO_KEEPALIVE, 1)])`,
    ['httpx.HTTPTransport', { socket_options: [['socket.SOL_SOCKET', 'socket.SO_KEEPALIVE', 1]], trust_env: false }],
  ],
  [
    'a timeout of one request is no pool',
    `${httpx}c = httpx.Client()\nc.get("x", timeout=httpx.Timeout(5, pool=1))`,
    ['httpx.Client', {}],
  ],
  [
    'a transport brings its own limits',
    `${httpx}httpx.Client(limits=httpx.Limits(max_connections=1), transport=httpx.HTTPTransport(limits=httpx.Limits(max_connections=7), retries=1))`,
    ['httpx.Client', { ...l(7), trust_env: false }],
  ],
  ['a transport of unknown make', `${httpx}httpx.Client(transport=mine())`, ['httpx.Client', { '*': 'mine()' }]],
  [
    'requestx, the same way',
    'import requestx\nrequestx.Client(limits=requestx.Limits(max_connections=4), timeout=requestx.Timeout(5.0))',
    ['requestx.Client', { ...l(4), 'timeout.timeout': 5 }],
  ],

  // urllib3
  [
    'PoolManager',
    'import urllib3\nhttp = urllib3.PoolManager(num_pools=50, maxsize=10, block=True, timeout=urllib3.Timeout(connect=2, read=5), headers={"Connection": "close"})',
    [
      'urllib3.PoolManager',
      { num_pools: 50, maxsize: 10, block: true, 'timeout.connect': 2, 'timeout.read': 5, headers: { Connection: 'close' } },
    ],
  ],
  [
    'positional arguments',
    'import urllib3\nurllib3.PoolManager(5)\nurllib3.ProxyManager("http://p", 6)',
    ['urllib3.PoolManager', { num_pools: 5 }],
    ['urllib3.ProxyManager', { proxy_url: 'http://p', num_pools: 6 }],
  ],
  [
    'a pool of one host',
    'import urllib3\nurllib3.HTTPSConnectionPool("a.test", port=443, maxsize=20, block=False)',
    ['urllib3.HTTPSConnectionPool', { num_pools: 1, maxsize: 20, block: false }],
  ],
  [
    'pool_timeout of a request',
    'import urllib3\npool = urllib3.HTTPConnectionPool("a", maxsize=2, block=True)\npool.urlopen("GET", "/", pool_timeout=0.5)\npool.request("GET", "/")',
    ['urllib3.HTTPConnectionPool', { num_pools: 1, maxsize: 2, block: true, pool_timeout: 0.5 }],
  ],
  [
    'pool_timeout that differs from request to request',
    'import urllib3\np = urllib3.PoolManager(block=True)\np.request("GET", a, pool_timeout=1)\np.request("GET", a, pool_timeout=2)',
    ['urllib3.PoolManager', { block: true, pool_timeout: '‹1›' }],
  ],
  [
    'pool_timeout of the pool of one host',
    'import urllib3\np = urllib3.PoolManager(block=True)\np.connection_from_host("a").urlopen("GET", "/", pool_timeout=3)',
    ['urllib3.PoolManager', { block: true, pool_timeout: 3 }],
  ],

  // requests
  [
    'HTTPAdapter',
    'from requests.adapters import HTTPAdapter\na = HTTPAdapter(pool_connections=20, pool_maxsize=50, max_retries=3, pool_block=True)',
    ['requests.HTTPAdapter', { pool_connections: 20, pool_maxsize: 50, pool_block: true }],
  ],
  [
    'HTTPAdapter, mounted',
    'import requests\ns = requests.Session()\ns.mount("https://", requests.adapters.HTTPAdapter(1, 2, 3, True))',
    ['requests.HTTPAdapter', { pool_connections: 1, pool_maxsize: 2, pool_block: true }],
  ],
  [
    'a bare session',
    'import requests\ns = requests.Session()\nt = requests.session()',
    ['requests.Session', {}],
    ['requests.session', {}],
  ],
  [
    'headers of a session',
    'import requests\ns = requests.Session()\ns.headers.update({"Connection": "close", "Authorization": token})\nt = requests.Session()\nt.headers["connection"] = "close"\nt.mount("https://", requests.adapters.HTTPAdapter())\nt.headers["X"] = y',
    ['requests.Session', { headers: { Connection: 'close' } }],
    ['requests.HTTPAdapter', { headers: { connection: 'close' } }],
  ],
  [
    'an adapter class of the file',
    'from requests.adapters import HTTPAdapter\nclass Mine(HTTPAdapter):\n  pass\nMine(pool_maxsize=3)',
    ['requests.HTTPAdapter', { pool_maxsize: 3 }],
  ],
  [
    'what an adapter class hands on',
    'from requests.adapters import HTTPAdapter\nclass Mine(HTTPAdapter):\n  def __init__(self, n):\n    super().__init__(pool_maxsize=n, pool_block=True)\nMine(3)',
    ['requests.HTTPAdapter', { pool_maxsize: '‹n›', pool_block: true }],
  ],

  // aiohttp
  [
    'connector and session',
    'import aiohttp\nasync def main():\n  connector = aiohttp.TCPConnector(limit=100, limit_per_host=10, ttl_dns_cache=300, keepalive_timeout=30, enable_cleanup_closed=True)\n  async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60, connect=5)) as session:\n    pass',
    [
      'aiohttp.ClientSession',
      {
        limit: 100,
        limit_per_host: 10,
        ttl_dns_cache: 300,
        keepalive_timeout: 30,
        enable_cleanup_closed: true,
        'timeout.total': 60,
        'timeout.connect': 5,
      },
    ],
  ],
  ['a session without a connector', 'import aiohttp\naiohttp.ClientSession()', ['aiohttp.ClientSession', {}]],
  [
    'a connector alone',
    'from aiohttp import TCPConnector\nTCPConnector(force_close=True, use_dns_cache=False)',
    ['aiohttp.TCPConnector', { force_close: true, use_dns_cache: false }],
  ],
  [
    'an own timeout without fields',
    'import aiohttp\naiohttp.ClientSession(timeout=aiohttp.ClientTimeout())',
    ['aiohttp.ClientSession', { timeout: {} }],
  ],
  [
    'a session that is entered elsewhere',
    'import aiohttp\nasync def f(stack):\n  s = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))',
    ['aiohttp.ClientSession', { limit: 0 }],
  ],

  // SQLAlchemy
  [
    'an engine',
    'from sqlalchemy import create_engine\nengine = create_engine("postgresql://", pool_size=20, max_overflow=-1, pool_timeout=10, pool_recycle=1800, pool_pre_ping=True, pool_use_lifo=True, echo=True)',
    [
      'sqlalchemy.create_engine',
      { pool_size: 20, max_overflow: -1, pool_timeout: 10, pool_recycle: 1800, pool_pre_ping: true, pool_use_lifo: true },
    ],
  ],
  [
    'an asynchronous engine',
    'from sqlalchemy.ext.asyncio import create_async_engine\ncreate_async_engine(url, pool_size=3)',
    ['sqlalchemy.create_async_engine', { pool_size: 3 }],
  ],
  [
    'a queue pool and its own names',
    'from sqlalchemy.pool import QueuePool\nQueuePool(connect, 3, 4, timeout=5, recycle=6)',
    ['sqlalchemy.QueuePool', { pool_size: 3, max_overflow: 4, pool_timeout: 5, pool_recycle: 6 }],
  ],
  [
    'an engine with a pool',
    'import sqlalchemy as sa\nsa.create_engine(url, pool=sa.pool.QueuePool(connect, max_overflow=0), pool_size=9)',
    ['sqlalchemy.create_engine', { max_overflow: 0 }],
  ],
  [
    'an engine of another pool class',
    'from sqlalchemy import create_engine, pool\ncreate_engine(url, poolclass=pool.StaticPool)\ncreate_engine(url, poolclass=pool.NullPool)\ncreate_engine(url, poolclass=pool.QueuePool)',
    ['sqlalchemy.create_engine', { '*': 'pool.StaticPool' }],
    ['sqlalchemy.create_engine', { pool_size: 0, pool_recycle: 0 }],
    ['sqlalchemy.create_engine', {}],
  ],
]

test.each(cases)('%s', (_, source, ...places) => {
  expect(outline(source)).toEqual(places)
})

import type { PoolConfig } from '../../src/config/types.ts'
import type { DialectName } from '../../src/dialects/index.ts'

export const example: PoolConfig = {
  maxConnections: 50,
  maxConnectionsPerHost: 10,
  maxIdleConnections: 20,
  keepAliveExpiry: '30s',
  acquireTimeout: '2s',
  connectTimeout: '500ms',
}

/** The example in the words of each library. */
export const codes: { readonly [D in DialectName]: string } = {
  httpx: `import httpx

limits = httpx.Limits(
    max_connections=50,
    max_keepalive_connections=20,
    keepalive_expiry=30,
)
timeout = httpx.Timeout(5, connect=0.5, pool=2)
# No proxy of the environment; nor is SSL_CERT_FILE read then.
client = httpx.AsyncClient(trust_env=False, limits=limits, timeout=timeout)
`,
  requestx: `import requestx

limits = requestx.Limits(
    max_connections=50,
    max_keepalive_connections=20,
    keepalive_expiry=30,
)
timeout = requestx.Timeout(5, connect=0.5, pool=2)
# No proxy of the environment; nor is SSL_CERT_FILE read then.
client = requestx.AsyncClient(trust_env=False, limits=limits, timeout=timeout)
`,
  urllib3: `import urllib3

http = urllib3.PoolManager(
    num_pools=20,
    maxsize=10,
    block=True,
    timeout=urllib3.Timeout(connect=0.5),
)
# pool_timeout goes with each request
response = http.request("GET", "https://example.com/", pool_timeout=2)
`,
  requests: `import requests
from requests.adapters import HTTPAdapter

session = requests.Session()
adapter = HTTPAdapter(pool_connections=20, pool_block=True)
session.mount("https://", adapter)
session.mount("http://", adapter)
# No proxy of the environment; nor are .netrc and REQUESTS_CA_BUNDLE read then.
session.trust_env = False
`,
  aiohttp: `import aiohttp


async def main() -> None:
    connector = aiohttp.TCPConnector(
        limit=50,
        limit_per_host=10,
        keepalive_timeout=30,
        use_dns_cache=False,
    )
    timeout = aiohttp.ClientTimeout(connect=2, sock_connect=0.5)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        async with session.get("https://example.com/") as response:
            print(await response.text())
`,
  pycurl: `import pycurl

multi = pycurl.CurlMulti()
multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, 50)
multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, 10)
multi.setopt(pycurl.M_MAXCONNECTS, 20)


def new_handle(url: str) -> pycurl.Curl:
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    handle.setopt(pycurl.MAXAGE_CONN, 30)
    handle.setopt(pycurl.MAXLIFETIME_CONN, 0)
    handle.setopt(pycurl.CONNECTTIMEOUT_MS, 500)
    handle.setopt(pycurl.TCP_KEEPALIVE, 1)
    handle.setopt(pycurl.DNS_CACHE_TIMEOUT, 0)
    handle.setopt(pycurl.PROXY, "")
    return handle


multi.add_handle(new_handle("https://example.com/"))
`,
  sqlalchemy: `from sqlalchemy import create_engine

engine = create_engine(
    "postgresql://localhost/app",
    pool_size=10,
    max_overflow=0,
    pool_timeout=2,
    pool_pre_ping=True,
    pool_use_lifo=True,
)
`,
}

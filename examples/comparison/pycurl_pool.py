from io import BytesIO

import pycurl

multi = pycurl.CurlMulti()
multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, 50)
multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, 10)
multi.setopt(pycurl.M_MAXCONNECTS, 50)  # size of the cache of connections: limits what is kept, not what is open


def transfer(url):
    curl = pycurl.Curl()
    body = BytesIO()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.WRITEDATA, body)
    curl.setopt(pycurl.CONNECTTIMEOUT, 30)
    curl.setopt(pycurl.MAXAGE_CONN, 60)  # seconds that an idle connection may be reused
    curl.setopt(pycurl.TCP_KEEPALIVE, 1)  # probes on a silent connection; HTTP keeps alive without it
    curl.setopt(pycurl.TCP_KEEPIDLE, 120)
    multi.add_handle(curl)
    return curl, body


transfers = [transfer(f"https://example.com/{page}") for page in (1, 2, 3)]
while multi.perform()[1]:
    multi.select(1.0)
bodies = [body.getvalue() for _, body in transfers]

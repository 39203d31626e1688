import httpx

limits = httpx.Limits(
    max_connections=100,  # open connections over all hosts, idle ones included
    max_keepalive_connections=20,  # idle ones kept, over all hosts
    keepalive_expiry=5.0,  # looked at when a request starts or ends, not by a timer
)
timeout = httpx.Timeout(10.0, pool=2.0)  # connect, read and write; and the wait for a connection

with httpx.Client(limits=limits, timeout=timeout) as client:  # AsyncClient takes the same
    response = client.get("https://example.com")

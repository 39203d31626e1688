import urllib3

http = urllib3.PoolManager(
    num_pools=10,  # hosts whose connections are kept
    maxsize=10,  # connections kept of each host; with block=True also the most that are open
    block=True,
    timeout=urllib3.Timeout(connect=5.0, read=30.0),
)

response = http.request("GET", "https://example.com", pool_timeout=2.0)  # the wait is set for each request

import requests
from requests.adapters import HTTPAdapter

session = requests.Session()
session.mount("https://", HTTPAdapter(pool_connections=10, pool_maxsize=10, pool_block=True))

response = session.get("https://example.com", timeout=10)  # the wait for a connection has no limit

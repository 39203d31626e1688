import os

import httpx
import requests
from requests.adapters import HTTPAdapter

orders = httpx.Client(
    base_url="https://orders.example.com",
    limits=httpx.Limits(max_connections=int(os.getenv("POOL", "20")), max_keepalive_connections=10),
    timeout=httpx.Timeout(10.0, pool=2.0),
)

payments = requests.Session()
payments.mount("https://", HTTPAdapter(pool_connections=4, pool_maxsize=8, pool_block=True))

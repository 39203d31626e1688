"""The service as it was."""

import os

import httpx

client = httpx.Client(
    base_url=os.environ.get("BACKEND", "http://127.0.0.1:8080"),
    limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=15.0),
    timeout=httpx.Timeout(30.0),
)


def order(number: int) -> dict:
    return client.get(f"/orders/{number}").json()

import asyncio

import requestx

limits = requestx.Limits(
    max_connections=100,  # requests at one time, and of the asynchronous client only
    max_keepalive_connections=20,  # idle connections kept of each host
    keepalive_expiry=5.0,
)
timeout = requestx.Timeout(10.0, pool=2.0)


async def main():
    async with requestx.AsyncClient(limits=limits, timeout=timeout) as client:
        return await client.get("https://example.com")


response = asyncio.run(main())

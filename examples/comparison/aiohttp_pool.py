import asyncio

import aiohttp


async def main():
    connector = aiohttp.TCPConnector(
        limit=100,  # connections in use, over all hosts; idle ones do not count
        limit_per_host=10,
        keepalive_timeout=30,
        ttl_dns_cache=300,
    )
    timeout = aiohttp.ClientTimeout(total=60, connect=5, sock_connect=2)  # connect: waiting and connecting together
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        async with session.get("https://example.com") as response:
            return await response.text()


body = asyncio.run(main())

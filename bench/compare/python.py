"""One pool of Python in a process of its own: `python.py <library> <url> <connections> <in flight>`.

A line in is a question, a line out its answer, as for the children of Node: {"do": "run", "ms": 300}, "enough" answers end it before.
Settings are those of docs/comparison.md: the cap on all connections, and to wait for one.
"""
import asyncio
import json
import math
import resource
import sys
import threading
import time

library, url, connections, in_flight = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def blocking(get):
    """In flight: one thread each."""

    def run(until, times, errors):
        def work():
            while True:
                begun = time.perf_counter()
                if begun >= until or len(times) >= enough:
                    return
                try:
                    get()
                    times.append(time.perf_counter() - begun)
                except Exception as error:
                    errors.append(repr(error))

        threads = [threading.Thread(target=work) for _ in range(in_flight)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


def asynchronous(get):
    """In flight: one task each, on one loop for all rounds."""

    async def work(until, times, errors):
        while True:
            begun = time.perf_counter()
            if begun >= until or len(times) >= enough:
                return
            try:
                await get()
                times.append(time.perf_counter() - begun)
            except Exception as error:
                errors.append(repr(error))

    async def all_of(until, times, errors):
        await asyncio.gather(*[work(until, times, errors) for _ in range(in_flight)])

    return lambda *args: loop.run_until_complete(all_of(*args))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)


def open_requests():
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=connections, pool_block=True))
    return blocking(lambda: session.get(url).content)


def open_urllib3():
    import urllib3

    pool = urllib3.PoolManager(num_pools=1, maxsize=connections, block=True)
    return blocking(lambda: pool.request("GET", url).data)


def open_httpx():
    import httpx

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=120)
    client = httpx.Client(limits=limits, timeout=httpx.Timeout(120), trust_env=False)
    return blocking(lambda: client.get(url).content)


def open_httpx_async():
    import httpx

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=120)
    client = httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(120), trust_env=False)
    return asynchronous(lambda: client.get(url))


def open_aiohttp():
    import aiohttp

    async def session():
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=120))

    opened = loop.run_until_complete(session())

    async def get():
        async with opened.get(url) as response:
            await response.read()

    return asynchronous(get)


def open_pycurl():
    import pycurl

    multi = pycurl.CurlMulti()
    multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, connections)
    multi.setopt(pycurl.M_MAXCONNECTS, connections)

    def run(until, times, errors):
        def start(handle):
            handle.begun = time.perf_counter()
            if handle.begun < until and len(times) < enough:
                multi.add_handle(handle)

        for handle in handles:
            start(handle)
        running = 1
        while running:
            _, running = multi.perform()
            while True:
                left, done, bad = multi.info_read()
                for handle in done:
                    times.append(time.perf_counter() - handle.begun)
                for handle, code, message in bad:
                    errors.append(f"{code} {message}")
                ended = done + [handle for handle, _, _ in bad]
                for handle in ended:
                    multi.remove_handle(handle)
                    start(handle)
                running += len(ended)
                if left == 0:
                    break
            if running:
                multi.select(0.1)

    def easy():
        handle = pycurl.Curl()
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.WRITEFUNCTION, lambda part: None)
        handle.setopt(pycurl.PROXY, "")
        return handle

    handles = [easy() for _ in range(in_flight)]
    return run


def seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def percentile(ordered, share):
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] * 1000 if ordered else 0


def answer(ms, most=math.inf):
    global enough
    enough = most
    times, errors = [], []
    before, begun = seconds(), time.perf_counter()
    run(begun + ms / 1000, times, errors)
    taken, cpu = time.perf_counter() - begun, seconds() - before
    times.sort()
    told = {"answers": len(times), "errors": len(errors), "seconds": taken, "cpu": cpu}
    told.update(p50=percentile(times, 0.5), p99=percentile(times, 0.99))
    if errors:
        told["error"] = errors[0]
    return told


try:
    run = globals()["open_" + library]()
except Exception as error:
    run = None
    problem = repr(error)

for line in sys.stdin:
    question = json.loads(line)
    if run is None:
        told = {"failed": problem}
    else:
        told = answer(question["ms"], question.get("enough", math.inf)) if question["do"] == "run" else {}
    print(json.dumps(told), flush=True)

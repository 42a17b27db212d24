"""How many events go through one Redis, and what they cost in CPU, memory and files (bench/README.md).

Batches of 100 events from several publishers at once, to the first node; nobody watches.
"""

import contextlib
import json
import re
import socket
import sqlite3
import threading
import time
from pathlib import Path

import cluster
import servers
from growth import Growth, rss_bytes

STREAM = "{rotacast}:stream"
BATCH = 100
PUBLISHERS = 8
SCHEDULES = 100
MARKS = (10, 50, 100)  # percent at which memory is read
REACHED_LIMIT_S = 60


def flow(bench):
    stream(bench)
    connections(bench)


def stream(bench):
    events = bench.arguments.redis_events
    print(f"\n### Through one Redis: batches of {BATCH} events, {PUBLISHERS} publishers\n")
    print("| nodes | events | per second, until all nodes have them | CPU of the node that takes them, "
          "µs per event | of the other | of Redis | events per second that fill one core of Redis |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    with contextlib.ExitStack() as stack:
        print_rate(measure(bench, cluster.Cluster(bench, stack, 1, None, "flow-1"), events // 5))
    with contextlib.ExitStack() as stack:
        two = cluster.Cluster(bench, stack, 2, None, "flow-2")
        result = measure(bench, two, events)
        print_rate(result)
        print_sizes(result)
        print_redis(two.redis, result)
        print_outage(outage(bench, two, events // 10))


def measure(bench, one, events):
    """Publishes and reads the sizes on the way."""
    first = last_offset(one.homes[0])
    used = int(one.redis.info("used_memory"))
    cpu = cpu_of_all(one)
    sizes, fed, took = {}, 0, 0.0
    for mark in MARKS:
        upto = events * mark // 100 // BATCH
        since = time.monotonic()
        publish(one, upto - fed)
        fed = upto
        wait_until_reached(one, first + fed * BATCH)
        took += time.monotonic() - since
        sizes[mark] = sizes_of(one)
    published = fed * BATCH
    result = {
        "mode": "flow",
        "nodes": len(one.nodes),
        "events": published,
        "published_s": took,
        "cpu_us_per_event": [(b - a) / published for a, b in zip(cpu, cpu_of_all(one))],
        "sizes": sizes,
        "redis_bytes_per_event": (int(one.redis.info("used_memory")) - used) / published,
    }
    bench.raw.append(result)
    return result


def publish(one, batches):
    """Returns when all are answered."""
    left = iter(range(batches))
    lock = threading.Lock()
    troubles = []

    def work():
        try:
            with socket.create_connection(("127.0.0.1", one.nodes[0].port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    with lock:
                        number = next(left, None)
                    if number is None:
                        return
                    connection.sendall(request(one, number))
                    wait_for_answer(connection)
        except (OSError, RuntimeError) as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=work) for _ in range(PUBLISHERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise RuntimeError(f"flow: {troubles[0]}")


def request(one, number):
    schedule = f"aaaaaaaa-0000-4000-8000-{number % SCHEDULES:012x}"
    event = {
        "event_type": "ScheduleUpdated",
        "schedule_id": schedule,
        "updated_by": "77777777-7777-4777-8777-777777777777",
        "changes": {},
        "reason": "x" * 100,
    }
    body = json.dumps([event] * BATCH).encode()
    head = (f"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: "
            f"{one.homes[0].api_key.strip()}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def wait_for_answer(connection):
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += received(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(f"publish refused: {answer[:300].decode(errors='replace')}")
    size = int(re.search(rb"content-length: *(\d+)", head, re.IGNORECASE).group(1))
    got = len(body)
    while got < size:
        got += len(received(connection))


def received(connection):
    part = connection.recv(65536)
    if not part:
        raise RuntimeError("a node ended a publisher's connection")
    return part


def connections(bench):
    """What a connection to the first node costs the others, which know who is there."""
    with contextlib.ExitStack() as stack:
        two = cluster.Cluster(bench, stack, 2, None, "people")
        probes = {
            "node": lambda: rss_bytes(two.nodes[0].pid),
            "other": lambda: rss_bytes(two.nodes[1].pid),
            "redis": lambda: int(two.redis.info("used_memory")),
        }
        count = 2 * bench.arguments.subscribers
        words = [*cluster.credentials(two.homes[0]), "--subscribers", count, "--seconds", 3]
        with Growth(**probes) as grown:
            bench.load("rotacast", two.nodes[0], "idle", False, *words)
    print(f"\n### {count} idle connections to one of two nodes, two subscriptions each\n")
    print("| memory | bytes per connection |\n|---|---:|")
    print(f"| RSS of the node | {grown.of['node'] / count:.0f} |")
    print(f"| RSS of the other | **{grown.of['other'] / count:.0f}** |")
    print(f"| Redis (`used_memory`) | **{grown.of['redis'] / count:.0f}** |")


def last_offset(home):
    """The newest entry of a node's own journal."""
    with contextlib.closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as database:
        return database.execute("SELECT coalesce(max(offset), 0) FROM journal").fetchone()[0]


def wait_until_reached(one, offset):
    until = time.monotonic() + REACHED_LIMIT_S
    for home in one.homes:
        while last_offset(home) < offset:
            if time.monotonic() > until:
                raise RuntimeError(f"flow: a node has {last_offset(home)} of {offset} entries")
            time.sleep(0.02)


def cpu_us(pid):
    """User and kernel, of all threads (as load/process_stats.hpp)."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in threads) / 1000


def cpu_of_all(one):
    return [cpu_us(pid) for pid in (*(node.pid for node in one.nodes), one.redis.pid)]


def outbox_bytes(home):
    return sum(path.stat().st_size for path in home.directory.glob("rotacast.db-outbox*"))


def sizes_of(one):
    return {
        "rss": [rss_bytes(node.pid) for node in one.nodes],
        "outbox": [outbox_bytes(home) for home in one.homes],
        "redis_rss": rss_bytes(one.redis.pid),
        "redis_used": int(one.redis.info("used_memory")),
        "stream": int(one.redis.command("XLEN", STREAM)),
    }


def outage(bench, two, events):
    """Publishes while Redis is gone; then Redis is back and the outbox drains."""
    end = last_offset(two.homes[0])
    rss = rss_bytes(two.nodes[0].pid)
    two.redis.stop()
    servers.wait_until_ready(two.nodes[0], "degraded")
    began = time.monotonic()
    publish(two, events // BATCH)
    result = {
        "mode": "outage",
        "events": events,
        "published_s": time.monotonic() - began,
        "rss_before": rss,
        "rss_full": rss_bytes(two.nodes[0].pid),
        "outbox_full": outbox_bytes(two.homes[0]),
    }
    two.redis.start()
    began = time.monotonic()
    wait_until_reached(two, end + events)
    result["drained_s"] = time.monotonic() - began
    servers.wait_until_ready(two.nodes[0])
    result["rss_after"] = rss_bytes(two.nodes[0].pid)
    result["outbox_after"] = outbox_bytes(two.homes[0])
    bench.raw.append(result)
    return result


def print_rate(result):
    first, *others, redis = result["cpu_us_per_event"]
    cells = [
        result["nodes"],
        f"{result['events']:,}",
        f"**{result['events'] / result['published_s']:,.0f}**",
        f"{first:.1f}",
        ", ".join(f"{other:.1f}" for other in others),
        f"{redis:.1f}",
        f"{1e6 / redis:,.0f}",
    ]
    print("| " + " | ".join(map(str, cells)) + " |")


def print_sizes(result):
    first, *_, last = result["sizes"]
    print("\n| of the events were published | RSS of the nodes, MB | outbox files, KB "
          "| RSS of Redis, MB | entries in the stream |")
    print("|---:|---:|---:|---:|---:|")
    for part, sizes in result["sizes"].items():
        cells = [
            f"{part} %",
            ", ".join(f"{rss / 1e6:.1f}" for rss in sizes["rss"]),
            ", ".join(f"{size / 1e3:.0f}" for size in sizes["outbox"]),
            f"{sizes['redis_rss'] / 1e6:.1f}",
            f"{sizes['stream']:,}",
        ]
        print("| " + " | ".join(cells) + " |")
    growth = [
        late / early
        for early, late in zip(result["sizes"][first]["rss"], result["sizes"][last]["rss"])
    ]
    print(f"\nRSS of the nodes from {first} % to {last} % (aim: flat): "
          f"**{', '.join(f'{one:.2f} ×' for one in growth)}**.")


def print_redis(redis, result):
    length = int(redis.command("XLEN", STREAM))
    stream = int(redis.command("MEMORY", "USAGE", STREAM, "SAMPLES", 0)) / max(length, 1)
    _, key = redis.command("--raw", "SCAN", 0, "MATCH", "{rotacast}:event:*", "COUNT", 1000).split()[:2]
    print("\n| in Redis | bytes |\n|---|---:|")
    print(f"| an entry of the stream (`MEMORY USAGE`, {length:,} entries) | **{stream:.0f}** |")
    print(f"| the memory of an event's identifier, for 24 hours (`MEMORY USAGE` of one) "
          f"| **{redis.command('MEMORY', 'USAGE', key)}** |")
    print(f"| growth of `used_memory` per event that was published "
          f"| **{result['redis_bytes_per_event']:.0f}** |")


def print_outage(result):
    each = result["outbox_full"] / result["events"]
    print(f"\n### Redis gone while {result['events']:,} events are published\n")
    print("| what | figure |\n|---|---:|")
    print(f"| published per second | {result['events'] / result['published_s']:,.0f} |")
    print(f"| RSS of the node before, then, after | {result['rss_before'] / 1e6:.1f}, "
          f"{result['rss_full'] / 1e6:.1f}, {result['rss_after'] / 1e6:.1f} MB |")
    print(f"| its outbox's files | {result['outbox_full'] / 1e6:.1f} MB, {each:.0f} bytes per event |")
    print(f"| from Redis' return until all nodes had all of it | {result['drained_s']:.1f} s, "
          f"{result['events'] / result['drained_s']:,.0f} events per second |")
    print(f"| the files then | {result['outbox_after'] / 1e6:.1f} MB |")

#!/usr/bin/env python3
"""How long an upgrade takes beside logins with made-up names: bench/door.py [BINARY].

Starts a server on a free loopback port and opens one WebSocket after the other, on a timetable (a
late one is charged with its waiting), once without logins and once beside `--logins` a second, each
with another name and from one of 250 addresses, so that no limit takes them away. Prints the
percentiles of the time from the connect to the first frame, and what became of the logins.
"""

import argparse
import asyncio
import collections
import json
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

from servers import Server

HANDSHAKE = (
    "GET /ws?token={} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def upgrade(port, token, due):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HANDSHAKE.format(token).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    await reader.readexactly(2)
    took = time.perf_counter() - due
    writer.close()
    return took


async def login(port, address):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    body = json.dumps({"username": secrets.token_hex(8), "password": "guess"}).encode()
    writer.write(
        b"POST /api/auth/login/json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    status = (await reader.readline()).split()[1].decode()
    writer.close()
    return status


async def on_timetable(rate, seconds, begin):
    """Begins `rate` tasks a second and gives all that they gave."""
    start = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(begin(number, due)))
    return await asyncio.gather(*tasks)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


async def measure(port, token, arguments, logins):
    upgrades = on_timetable(
        arguments.upgrades, arguments.seconds, lambda _, due: upgrade(port, token, due)
    )
    others = on_timetable(
        logins, arguments.seconds, lambda number, _: login(port, f"127.0.1.{number % 250 + 1}")
    )
    times, statuses = await asyncio.gather(upgrades, others)
    p50, p99 = (1000 * percentile(times, share) for share in (0.5, 0.99))
    said = ", ".join(f"{n} x {s}" for s, n in sorted(collections.Counter(statuses).items()))
    print(f"{logins:3} logins/s: upgrades p50 {p50:.2f} ms, p99 {p99:.2f} ms; logins: {said or '-'}")
    return p99


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("binary", nargs="?", default=root / "build" / "release" / "rotacast")
    parser.add_argument("--logins", type=float, default=50)
    parser.add_argument("--upgrades", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = ["--database", f"{folder}/db"]
        secret = Path(folder, "secret")
        secret.write_text(secrets.token_hex(32))
        Path(folder, "password").write_text("correct horse battery staple")
        told = ["user", "add", "ada", "--role", "coordinator"]
        told += ["--password-file", f"{folder}/password"]
        subprocess.run([arguments.binary, *told, *database], check=True, stdout=subprocess.DEVNULL)
        signed = ["--jwt-secret-file", secret]
        token = subprocess.run(
            [arguments.binary, "token", "ada", "--ttl", "3600", *database, *signed],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        flags = ["--listen", "127.0.0.1:0", "--log-level", "error", *database, *signed]
        server = Server([arguments.binary, "serve", *flags])
        try:
            alone = asyncio.run(measure(server.port, token, arguments, 0))
            beside = asyncio.run(measure(server.port, token, arguments, arguments.logins))
            print(f"p99 beside logins / without: {beside / alone:.2f}")
        finally:
            server.kill()


if __name__ == "__main__":
    main()

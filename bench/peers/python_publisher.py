#!/usr/bin/python3
"""The original's publisher: one `PUBLISH` per event, each waited for.

Takes the same request as peers/ws_server.mjs and peers/bare_send.cpp, so that the load client can
drive it: `POST /publish?burst=B` with one client event, which is published B times to the channel
of the original, without `event_type`, as wire specification §4.6 has it.

    python_publisher.py REDIS_PORT
"""

import asyncio
import json
import re
import sys

import redis.asyncio

CHANNEL = "graphql:schedule:updates"


async def publish(broker, burst, body):
    event = json.loads(body)
    del event["event_type"]
    for _ in range(burst):
        await broker.publish(CHANNEL, json.dumps(event))


async def serve(reader, writer, broker):
    while True:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            break
        size = int(re.search(r"content-length: *(\d+)", head, re.IGNORECASE).group(1))
        body = await reader.readexactly(size)
        await publish(broker, int(re.search(r"burst=(\d+)", head).group(1)), body)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def main(redis_port):
    broker = redis.asyncio.Redis(port=redis_port, decode_responses=True)

    async def on_connection(reader, writer):
        await serve(reader, writer, broker)

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Future()


asyncio.run(main(int(sys.argv[1])))

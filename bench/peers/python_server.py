#!/usr/bin/python3
"""The original scheduler's way: a WebSocket server with a Redis subscription for each connection.

Every connection reads every message of the channel, decodes it and passes on what it watches, as
the original's GraphQL subscriptions do. (The original's own code shares one subscription among all
connections by mistake, and then serves one of them; wire specification §4.8.) The Redis connection
of a subscriber is made when it subscribes.

    python_server.py REDIS_PORT
"""

import asyncio
import json
import sys

import redis.asyncio
import websockets

CHANNEL = "graphql:schedule:updates"


async def forward(subscription, socket, schedule_id):
    async for message in subscription.listen():
        if message["type"] != "message":
            continue
        payload = json.loads(message["data"])
        if payload["schedule_id"] == schedule_id:
            event = {"event_type": "schedule_updated", **payload}
            await socket.send(json.dumps(event, separators=(",", ":")))


async def serve(socket, broker):
    await socket.send('{"event_type":"connection_ack"}')
    subscription, task = None, None
    try:
        async for text in socket:
            command = json.loads(text)
            if command["action"] == "subscribe_schedule":
                subscription = broker.pubsub()
                await subscription.subscribe(CHANNEL)
                await subscription.get_message(timeout=None)  # that Redis has it
                task = asyncio.create_task(forward(subscription, socket, command["schedule_id"]))
            elif command["action"] == "ping":
                await socket.send('{"event_type":"pong"}')
    finally:
        if task:
            task.cancel()
            await subscription.close()


async def main(redis_port):
    broker = redis.asyncio.Redis(port=redis_port, decode_responses=True, max_connections=10_000)

    async def on_connection(socket):
        await serve(socket, broker)

    options = {"compression": None, "ping_interval": 20, "ping_timeout": 20}
    async with websockets.serve(on_connection, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on http://127.0.0.1:{port}", flush=True)
        await asyncio.Future()


asyncio.run(main(int(sys.argv[1])))

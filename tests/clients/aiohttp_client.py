"""rotacast.v1 with Python's aiohttp: watches a schedule and prints every message of the server, one
JSON text per line. URL, TOKEN and SCHEDULE come from the environment."""

import asyncio
import json
import os

import aiohttp

MESSAGE_BYTES_MAX = 16 * 1024 * 1024  # aiohttp's own limit is 4 MiB


def say(text):
    print(text, flush=True)


async def main():
    async with aiohttp.ClientSession() as session, session.ws_connect(
        os.environ["URL"],
        protocols=["rotacast.v1"],
        headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
        compress=15,  # offers permessage-deflate
        max_msg_size=MESSAGE_BYTES_MAX,
    ) as socket:
        say(json.dumps({"opened": socket.protocol, "library": f"aiohttp {aiohttp.__version__}"}))
        await socket.send_json(
            {"action": "subscribe", "id": "watch", "schedules": [os.environ["SCHEDULE"]]}
        )
        # `async for` would end at the close frame without showing it, and so hide the reason.
        while True:
            message = await socket.receive()
            if message.type == aiohttp.WSMsgType.TEXT:
                say(message.data)
                if message.json()["event_type"] == "schedule_updated":
                    await socket.send_json({"action": "ping", "id": "seen"})
            elif message.type == aiohttp.WSMsgType.CLOSE:
                say(json.dumps({"closed": message.data, "reason": message.extra}))
                return
            else:  # CLOSED or ERROR: the connection was lost
                say(json.dumps({"closed": 1006, "reason": ""}))
                return


asyncio.run(main())

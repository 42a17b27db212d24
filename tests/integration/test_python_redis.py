"""Programs of the original on its Redis channels: redis-py as publisher and as subscriber."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from datetime import datetime

import redis
import websockets

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from rotacast_server import PATIENCE, Server  # noqa: E402

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/redis.md")


class RedisServer:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="rotacast-redis-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder],
            stdout=subprocess.DEVNULL)
        eventually(lambda: redis.Redis.from_url(self.url).ping())

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def eventually(check):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return check()
        except (AssertionError, OSError, redis.RedisError):
            if time.monotonic() > end:
                raise
        time.sleep(0.01)


def patient(awaitable):
    return asyncio.wait_for(awaitable, PATIENCE)


def payload_of_the_original(**fields):
    """As its helpers make it: the time last, json.dumps() without options."""
    return json.dumps({**fields, "timestamp": datetime.utcnow().isoformat()})


class RedisPrograms(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = RedisServer()
        cls.addClassCleanup(cls.redis.stop)
        cls.server = Server({"admin": "admin"}, settings={"redis.url": cls.redis.url, "redis.bridge": "both"})
        cls.addClassCleanup(cls.server.stop)
        cls.connection = redis.Redis.from_url(cls.redis.url, decode_responses=True)
        cls.addClassCleanup(cls.connection.close)
        eventually(cls.assert_listening)

    @classmethod
    def assert_listening(cls):
        channel = "graphql:swap:requests"
        assert dict(cls.connection.pubsub_numsub(channel))[channel] == 1

    async def classic(self):
        client = await websockets.connect(self.server.socket_url(token=self.server.token("admin")))
        self.addAsyncCleanup(client.close)
        await patient(client.recv())
        return client

    async def watch_person(self, client, person):
        await client.send(json.dumps({"action": "subscribe_person", "person_id": person}))
        await client.send('{"action":"ping"}')
        self.assertEqual(json.loads(await patient(client.recv()))["event_type"], "pong")

    async def graphql(self, query):
        client = await websockets.connect(self.server.socket_url("/graphql"), subprotocols=["graphql-transport-ws"])
        self.addAsyncCleanup(client.close)
        await client.send(json.dumps({"type": "connection_init", "payload": {"token": self.server.token("admin")}}))
        self.assertEqual(json.loads(await patient(client.recv()))["type"], "connection_ack")
        await client.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        # Its answer comes when the subscription is active.
        await client.send(json.dumps({"id": "2", "type": "subscribe", "payload": {"query": "{ __typename }"}}))
        while json.loads(await patient(client.recv())) != {"id": "2", "type": "complete"}:
            pass
        return client

    async def test_a_publisher_reaches_classic_and_graphql_clients(self):
        swap, requester = str(uuid.uuid4()), str(uuid.uuid4())
        classic = await self.classic()
        await self.watch_person(classic, requester)
        graphql = await self.graphql("subscription { swapRequests { swapId status message targetPersonId } }")
        heard = self.connection.publish("graphql:swap:requests", payload_of_the_original(
            swap_id=swap, requester_id=requester, target_person_id=None, swap_type="absorb", status="pending",
            affected_assignments=[], message="Gesucht für Samstag 😀"))
        self.assertEqual(heard, 1)
        event = json.loads(await patient(classic.recv()))
        self.assertEqual((event["event_type"], event["swap_id"]), ("swap_requested", swap))
        shown = json.loads(await patient(graphql.recv()))
        self.assertEqual(shown["payload"]["data"]["swapRequests"], {
            "swapId": swap, "status": "pending", "message": "Gesucht für Samstag 😀", "targetPersonId": None})

    async def test_a_subscriber_reads_ours_as_the_original_writes(self):
        events = {
            "schedule_updated": dict(update_type="generated", message="Zürich \u2028 \"q\" \\ \x7f 😀"),
            "swap_approved": dict(swap_id=str(uuid.uuid4()), requester_id=str(uuid.uuid4()),
                                  approved_by=str(uuid.uuid4())),
            "resilience_alert": dict(alert_type="n1_failure", severity="red", current_utilization=1e-7,
                                     recommendations=["a", "ä"]),
        }
        with self.connection.pubsub(ignore_subscribe_messages=True) as subscriber:
            subscriber.psubscribe("graphql:*")
            self.assertIsNone(subscriber.get_message(timeout=PATIENCE))
            for kind, fields in events.items():
                self.server.broadcast(kind, fields)
                message = subscriber.get_message(timeout=PATIENCE)
                payload = json.loads(message["data"])
                self.assertEqual(json.dumps(payload), message["data"], "to the letter what Python would write")
                for key, value in fields.items():
                    self.assertEqual(payload[key], value)
                at = datetime.fromisoformat(payload["timestamp"])
                self.assertIsNone(at.tzinfo)
                self.assertEqual(at.isoformat(), payload["timestamp"])

    async def test_the_documented_publishers(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            text = file.read()
        (program,) = re.findall(r"```python\n(.*?)```", text, re.S)
        (command,) = re.findall(r"^redis-cli PUBLISH .*$", text, re.M)
        classic = await self.classic()
        await self.watch_person(classic, "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb")
        url = "redis://127.0.0.1:6379/0"
        self.assertIn(url, program)
        subprocess.run([sys.executable, "-c", program.replace(url, self.redis.url)], check=True, timeout=PATIENCE)
        self.assertEqual(json.loads(await patient(classic.recv()))["message"], "Gesucht für Samstag")
        command = command.replace("redis-cli", f"redis-cli -p {self.redis.port}")
        subprocess.run(command, shell=True, check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)
        self.assertEqual(json.loads(await patient(classic.recv()))["message"], "Ward 3 is short of one")


if __name__ == "__main__":
    unittest.main()

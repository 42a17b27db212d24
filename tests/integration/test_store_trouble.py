"""A locked database and a full disk: publishers get errors, clients stay connected."""

import asyncio
import contextlib
import json
import os
import resource
import sqlite3
import sys
import unittest
import urllib.error
import urllib.request

import websockets

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from rotacast_server import PATIENCE, Server  # noqa: E402


class StoreTroubleTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.server = Server({"admin": "admin"})
        self.addCleanup(self.server.stop)

    async def in_thread(self, function, *arguments):
        return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)

    async def publish(self, *messages):
        """One request with one update for everybody per message: (status, response)."""
        events = [
            {"event_type": "LoadShedInitiated", "level": "red", "initiated_by": "suite", "reason": message}
            for message in messages
        ]
        headers = {"X-API-Key": self.server.api_key}
        return await self.in_thread(lambda: self.server.post("/api/v1/events", events, **headers))

    async def readiness(self):
        def ask():
            try:
                with urllib.request.urlopen(self.server.url + "/health/ready", timeout=PATIENCE) as answer:
                    return answer.status, json.loads(answer.read())
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, json.loads(error.read())

        return await self.in_thread(ask)

    async def becomes_ready(self):
        async def poll():
            while (await self.readiness())[0] != 200:
                await asyncio.sleep(0.05)

        await asyncio.wait_for(poll(), PATIENCE)

    async def seen(self, socket):
        return json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))["message"]

    async def check_trouble(self, trouble):
        """The whole test around `trouble`, a context in which nothing can be written."""
        url = self.server.socket_url(token=self.server.token("admin"))
        async with websockets.connect(url) as socket:
            await asyncio.wait_for(socket.recv(), PATIENCE)
            self.assertEqual((await self.publish("before"))[0], 200)
            self.assertEqual(await self.seen(socket), "before")

            with trouble():
                status, answer = await self.publish(*(f"lost {i} " + "x" * 4000 for i in range(100)))
                self.assertEqual(status, 503)
                self.assertEqual(answer["error"]["name"], "unavailable")
                self.assertTrue(answer["error"]["message"])
                status, answer = await self.readiness()
                self.assertEqual((status, answer["status"]), (503, "not_ready"))
                self.assertTrue(answer["reason"])
                await socket.send('{"action":"ping"}')
                pong = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
                self.assertEqual(pong["event_type"], "pong")

            await self.becomes_ready()
            status, answer = await self.publish("after")
            self.assertEqual(status, 200)
            self.assertEqual(await self.seen(socket), "after")
            # The rejected request has left no trace: its offsets went to the next one.
            self.assertEqual(int(answer["events"][0]["cursor"].split(".")[1]), 2)

    async def test_a_locked_database(self):
        @contextlib.contextmanager
        def locked():
            other = sqlite3.connect(os.path.join(self.server.folder, "rotacast.db"), isolation_level=None)
            try:
                other.execute("BEGIN EXCLUSIVE")
                yield
                other.execute("ROLLBACK")
            finally:
                other.close()

        await self.check_trouble(locked)

    async def test_a_full_disk(self):
        @contextlib.contextmanager
        def full():
            """No file of the server may grow, as on a full disk."""
            process = self.server.process.pid
            _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (64 * 1024, hard))
            try:
                yield
            finally:
                resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))

        await self.check_trouble(full)


if __name__ == "__main__":
    unittest.main()

"""A client of rotacast.v1 as users write it in Python, with the package `websockets`."""

import asyncio
import json
import os
import sys
import unittest
import uuid

import websockets

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from rotacast_server import PATIENCE, Server  # noqa: E402

V1 = "rotacast.v1"


def patient(awaitable):
    return asyncio.wait_for(awaitable, PATIENCE)


async def in_thread(function, *arguments):
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


class Client:
    """Keeps the last cursor, as the document says; sends commands and reads messages."""

    def __init__(self, socket):
        self.socket = socket
        self.cursor = None

    async def next(self):
        message = json.loads(await patient(self.socket.recv()))
        self.cursor = message.get("cursor", self.cursor)
        return message

    async def ask(self, action, **fields):
        """Returns the messages before the response, and the response."""
        id = str(uuid.uuid4())
        await self.socket.send(json.dumps({"action": action, "id": id, **fields}))
        before = []
        while True:
            message = await self.next()
            if message.get("id") == id:
                return before, message
            before.append(message)

    async def answer(self, action, **fields):
        before, answer = await self.ask(action, **fields)
        if before:
            raise AssertionError(f"before the answer came {before}")
        return answer


class PythonV1Test(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"admin": "admin", "resident": "resident"})
        cls.addClassCleanup(cls.server.stop)

    async def dial(self, name="admin", **options):
        """A connection with its token in the list of subprotocols, and its greeting."""
        token = await in_thread(self.server.token, name)
        socket = await websockets.connect(
            self.server.socket_url(), subprotocols=[V1, f"bearer.{token}"], **options)
        self.addAsyncCleanup(socket.close)
        self.assertEqual(socket.subprotocol, V1)
        client = Client(socket)
        client.greeting = await client.next()
        self.assertEqual(client.greeting["event_type"], "connection_ack")
        return client

    async def unauthenticated(self):
        socket = await websockets.connect(self.server.socket_url(), subprotocols=[V1])
        self.addAsyncCleanup(socket.close)
        return Client(socket)

    async def publish(self, schedule, message):
        fields = {"schedule_id": schedule, "update_type": "modified", "message": message}
        return await in_thread(self.server.broadcast, "schedule_updated", fields)

    async def closed(self, client):
        with self.assertRaises(websockets.ConnectionClosed) as caught:
            while True:
                await patient(client.socket.recv())
        return caught.exception.code, caught.exception.reason.split(":")[0]

    async def test_the_documented_session(self):
        schedule = str(uuid.uuid4())
        client = await self.dial()
        self.assertEqual(client.greeting["user_id"], self.server.users["admin"].id)
        ack = await client.answer("subscribe", schedules=[schedule], persons=[])
        self.assertEqual(list(ack), ["event_type", "timestamp", "id", "cursor"])
        await self.publish(schedule, "Zürich 🏥")
        event = await client.next()
        self.assertEqual(
            list(event),
            ["event_type", "timestamp", "schedule_id", "academic_year_id", "user_id", "update_type",
             "affected_blocks_count", "message", "event_id", "cursor"],
        )
        self.assertEqual(event["message"], "Zürich 🏥")
        self.assertEqual((await client.answer("ack", cursor=event["cursor"]))["event_type"], "ack")
        self.assertEqual((await client.answer("ping"))["event_type"], "pong")
        await client.socket.close(1000, "that is all")
        self.assertEqual((client.socket.close_code, client.socket.close_reason), (1000, "that is all"))

    async def test_disconnect_and_resume(self):
        schedule = str(uuid.uuid4())
        first = await self.dial()
        await first.answer("subscribe", schedules=[schedule])
        await self.publish(schedule, "seen")
        self.assertEqual((await first.next())["message"], "seen")
        first.socket.transport.abort()
        for message in ("missed 1", "missed 2"):
            await self.publish(schedule, message)
        second = await self.dial()
        missed, resumed = await second.ask("resume", cursor=first.cursor, schedules=[schedule])
        self.assertEqual([event["message"] for event in missed], ["missed 1", "missed 2"])
        self.assertEqual(list(resumed),
                         ["event_type", "timestamp", "id", "recovered", "reason", "replayed", "cursor"])
        self.assertEqual((resumed["recovered"], resumed["reason"], resumed["replayed"]), (True, None, 2))
        await self.publish(schedule, "live")
        self.assertEqual((await second.next())["message"], "live")

    async def test_a_cursor_of_another_journal_is_reported_as_a_gap(self):
        client = await self.dial()
        before, resumed = await client.ask("resume", cursor="anotherlife.12", schedules=[])
        self.assertEqual([message["event_type"] for message in before], ["gap"])
        self.assertEqual(list(before[0]), ["event_type", "timestamp", "from", "to", "reason", "cursor"])
        self.assertEqual(before[0]["from"], "anotherlife.12")
        self.assertEqual((resumed["recovered"], resumed["reason"]), (False, "epoch_changed"))
        self.assertEqual(before[0]["to"], resumed["cursor"])

    async def test_the_latest_state(self):
        schedule = str(uuid.uuid4())
        for message in ("old", "new"):
            await self.publish(schedule, message)
        client = await self.dial()
        ack = await client.answer("subscribe", schedules=[schedule], latest=True)
        self.assertEqual(list(ack), ["event_type", "timestamp", "id", "cursor", "latest", "latest_from"])
        shown = [event["message"] for event in ack["latest"] if event.get("schedule_id") == schedule]
        self.assertEqual(shown, ["new"])
        await self.publish(schedule, "newer")
        self.assertEqual((await client.next())["message"], "newer")

    async def test_errors_leave_the_connection_open(self):
        client = await self.dial("resident")
        other_person = str(uuid.uuid4())
        for command, code, path in (
            ({"action": "dance"}, 1009, "/action"),
            ({"action": "subscribe", "persons": [other_person]}, 1300, "/persons/0"),
            ({"action": "subscribe_schedule", "schedule_id": "ward"}, 1001, "/schedule_id"),
            ({"action": "resume", "cursor": "yesterday"}, 1011, "/cursor"),
        ):
            error = await client.answer(**command)
            self.assertEqual(list(error), ["event_type", "timestamp", "id", "code", "name", "message", "path"])
            self.assertEqual((error["event_type"], error["code"], error["path"]), ("error", code, path))
        for text in ("nonsense", "", "[]", b"\x00\x01"):
            await client.socket.send(text)
            self.assertEqual((await client.next())["event_type"], "error")
        self.assertEqual((await client.answer("subscribe"))["event_type"], "ack")

    async def test_authenticate_on_the_connection(self):
        client = await self.unauthenticated()
        self.assertEqual((await client.answer("subscribe"))["code"], 1200)
        token = await in_thread(self.server.token, "resident")
        before, ack = await client.ask("authenticate", token=token)
        self.assertEqual([message["event_type"] for message in before], ["connection_ack"])
        self.assertEqual(before[0]["user_id"], self.server.users["resident"].id)
        self.assertEqual(ack["event_type"], "ack")
        self.assertEqual((await client.answer("authenticate", token=token))["code"], 1402)

    async def test_a_token_can_be_refreshed_but_not_with_another_users(self):
        client = await self.dial("resident")
        other = await in_thread(self.server.token, "admin")
        self.assertEqual((await client.answer("refresh_token", token=other))["code"], 1207)
        own = await in_thread(self.server.token, "resident")
        ack = await client.answer("refresh_token", token=own)
        self.assertEqual(list(ack), ["event_type", "timestamp", "id", "token_expires_at"])

    async def test_close_codes(self):
        socket = await websockets.connect(self.server.socket_url(token="certainly"), subprotocols=[V1])
        self.assertEqual(await self.closed(Client(socket)), (4401, "token_invalid"))
        client = await self.dial()
        await client.socket.send(json.dumps({"action": "ping", "pad": "x" * 70_000}))
        self.assertEqual((await self.closed(client))[0], 1009)

    async def test_presence(self):
        watcher = await self.dial()
        self.assertEqual((await watcher.answer("watch_presence"))["roster"], [])
        client = await self.dial("resident")
        self.assertEqual((await client.answer("presence", status="online", page="/swaps"))["event_type"], "ack")
        notice = await watcher.next()
        self.assertEqual(list(notice),
                         ["event_type", "timestamp", "user_id", "status", "last_seen", "active_page"])
        self.assertEqual((notice["user_id"], notice["status"], notice["active_page"]),
                         (self.server.users["resident"].id, "online", "/swaps"))

    async def test_pipelined_and_fragmented_commands(self):
        client = await self.dial(compression=None)
        for number in range(50):
            text = json.dumps({"action": "ping", "id": number})
            await client.socket.send([text[:7], text[7:]] if number % 2 else text)
        self.assertEqual([(await client.next())["id"] for _ in range(50)], list(range(50)))


class ShutdownTest(unittest.IsolatedAsyncioTestCase):
    async def test_sigterm_is_announced_then_closed_with_1001(self):
        server = await in_thread(Server, {"admin": "admin"})
        try:
            url = server.socket_url(token=server.token("admin"))
            async with websockets.connect(url, subprotocols=[V1]) as socket:
                await patient(socket.recv())
                ended = asyncio.create_task(in_thread(server.terminate))
                notice = json.loads(await patient(socket.recv()))
                self.assertEqual(list(notice), ["event_type", "timestamp", "reconnect_after_ms"])
                self.assertEqual(notice["event_type"], "server_draining")
                with self.assertRaises(websockets.ConnectionClosed) as caught:
                    await patient(socket.recv())
                end = caught.exception
                self.assertEqual((end.code, end.reason.split(":")[0]), (1001, "server_draining"))
                self.assertEqual(await ended, 0)
        finally:
            await in_thread(server.stop)


if __name__ == "__main__":
    unittest.main()

"""The documented life of a client, with the Python package `websockets`."""

import asyncio
import json
import os
import sys
import unittest
import uuid
from datetime import datetime, timezone

import websockets

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from rotacast_server import PASSWORD, PATIENCE, Server  # noqa: E402

LIMIT = 64 * 1024


def patient(awaitable):
    return asyncio.wait_for(awaitable, PATIENCE)


async def in_thread(function, *arguments):
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


class ClientTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"admin": "admin", "resident": "resident"})
        cls.addClassCleanup(cls.server.stop)

    def assert_time(self, text):
        self.assertRegex(text, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        then = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        self.assertLess(abs((datetime.now(timezone.utc) - then).total_seconds()), 60)

    def dial(self, name="admin", **options):
        return websockets.connect(self.server.socket_url(token=self.server.token(name)), **options)

    async def greeted(self, socket, name="admin"):
        text = await patient(socket.recv())
        ack = json.loads(text)
        self.assertEqual(list(ack), ["event_type", "timestamp", "user_id", "message"])
        self.assertEqual(ack["event_type"], "connection_ack")
        self.assertEqual(ack["user_id"], self.server.users[name].id)
        self.assertEqual(ack["message"], "Connection established")
        self.assert_time(ack["timestamp"])

    async def barrier(self, socket):
        """Earlier commands are processed once the pong arrives; nothing may come before it."""
        await socket.send('{"action":"ping"}')
        pong = json.loads(await patient(socket.recv()))
        self.assertEqual(list(pong), ["event_type", "timestamp"])
        self.assertEqual(pong["event_type"], "pong")
        self.assert_time(pong["timestamp"])

    async def publish(self, kind, **fields):
        return await in_thread(self.server.broadcast, kind, fields)

    async def nothing_else(self, *sockets):
        """An alert goes to everybody: it must be the very next frame."""
        message = f"sentinel {uuid.uuid4()}"
        await self.publish("resilience_alert", alert_type="n1_failure", severity="green", message=message)
        for socket in sockets:
            self.assertEqual(json.loads(await patient(socket.recv()))["message"], message)

    async def test_the_documented_session(self):
        schedule, other = str(uuid.uuid4()), str(uuid.uuid4())
        person = self.server.users["admin"].person_id
        async with self.dial() as socket:
            await self.greeted(socket)
            await socket.send(json.dumps({"action": "subscribe_schedule", "schedule_id": schedule}))
            await socket.send(json.dumps({"action": "subscribe_person", "person_id": person}))
            await self.barrier(socket)
            time = "2025-12-30T14:23:45.123Z"
            await self.publish("schedule_updated", schedule_id=other, update_type="generated")
            await self.publish("schedule_updated", schedule_id=schedule, update_type="generated",
                               affected_blocks_count=730, message="Zürich", timestamp=time)
            await self.publish("assignment_changed", assignment_id=other, person_id=person, block_id=other,
                               change_type="created", timestamp=time)
            self.assertEqual(
                await patient(socket.recv()),
                '{"event_type":"schedule_updated","timestamp":"%s","schedule_id":"%s","academic_year_id":null,'
                '"user_id":null,"update_type":"generated","affected_blocks_count":730,"message":"Zürich"}'
                % (time, schedule),
            )
            self.assertEqual(
                await patient(socket.recv()),
                '{"event_type":"assignment_changed","timestamp":"%s","assignment_id":"%s","person_id":"%s",'
                '"block_id":"%s","rotation_template_id":null,"change_type":"created","changed_by":null,"message":""}'
                % (time, other, person, other),
            )
            await socket.send(json.dumps({"action": "unsubscribe_schedule", "schedule_id": schedule}))
            await self.barrier(socket)
            await self.publish("schedule_updated", schedule_id=schedule, update_type="modified")
            await self.nothing_else(socket)
            await socket.close(1000, "Normal closure")
            self.assertEqual((socket.close_code, socket.close_reason), (1000, "Normal closure"))

    async def test_login_then_header(self):
        body = {"username": "resident", "password": PASSWORD}
        status, tokens = await in_thread(self.server.post, "/api/auth/login/json", body)
        self.assertEqual(status, 200)
        headers = {"Authorization": "Bearer " + tokens["access_token"]}
        async with websockets.connect(self.server.socket_url("/api/v1/ws"), extra_headers=headers) as socket:
            await self.greeted(socket, "resident")
            await self.barrier(socket)

    async def test_a_resident_can_watch_only_the_own_person(self):
        own, other_person = self.server.users["resident"].person_id, str(uuid.uuid4())
        async with self.dial("resident") as socket:
            await self.greeted(socket, "resident")
            for person in (other_person, own):
                await socket.send(json.dumps({"action": "subscribe_person", "person_id": person}))
            await self.barrier(socket)
            swap = str(uuid.uuid4())
            conflict = {"conflict_type": "double_booking", "severity": "low"}
            await self.publish("conflict_detected", person_id=other_person, **conflict)
            await self.publish("swap_requested", swap_id=swap, requester_id=other_person, target_person_id=own,
                               swap_type="absorb")
            self.assertEqual(json.loads(await patient(socket.recv()))["swap_id"], swap)
            await self.nothing_else(socket)

    async def test_camel_case(self):
        url = self.server.socket_url(token=self.server.token("admin"), case="camel")
        async with websockets.connect(url) as socket:
            ack = json.loads(await patient(socket.recv()))
            self.assertEqual(list(ack), ["eventType", "timestamp", "userId", "message"])
            await self.publish("schedule_updated", update_type="modified")
            event = json.loads(await patient(socket.recv()))
            self.assertEqual(
                list(event),
                ["eventType", "timestamp", "scheduleId", "academicYearId", "userId", "updateType",
                 "affectedBlocksCount", "message"],
            )

    async def test_a_fragmented_command(self):
        schedule = str(uuid.uuid4())
        text = json.dumps({"action": "subscribe_schedule", "schedule_id": schedule})
        async with self.dial() as socket:
            await self.greeted(socket)
            await socket.send([text[:5], "", text[5:30], text[30:]])
            await self.barrier(socket)
            await self.publish("schedule_updated", schedule_id=schedule, update_type="modified")
            self.assertEqual(json.loads(await patient(socket.recv()))["schedule_id"], schedule)

    async def test_bad_input_leaves_the_connection_open_and_silent(self):
        async with self.dial() as socket:
            await self.greeted(socket)
            for message in (b'{"action":"ping"}', b"\x00\xff", b"", "", "nonsense", "[]", "null", "{}",
                            '{"action":"subscribe_person","person_id":7}', '{"action":"dance"}',
                            [b"\x00", b"\x01"]):
                await socket.send(message)
            await self.barrier(socket)
            await self.nothing_else(socket)

    async def test_ping_frames_are_answered(self):
        async with self.dial(ping_interval=None) as socket:
            await self.greeted(socket)
            await patient(await socket.ping(b"still there"))
            await self.barrier(socket)

    async def test_without_compression(self):
        async with self.dial(compression=None) as socket:
            await self.greeted(socket)
            self.assertEqual(socket.extensions, [])
            await self.barrier(socket)

    async def assert_refused(self, reason, **query):
        # The upgrade itself is accepted; the reason is in the close frame.
        async with websockets.connect(self.server.socket_url(**query)) as socket:
            with self.assertRaises(websockets.ConnectionClosed) as caught:
                await patient(socket.recv())
            self.assertEqual((caught.exception.code, caught.exception.reason), (1008, reason))

    async def test_close_codes_of_rejected_clients(self):
        await self.assert_refused("token_missing")
        await self.assert_refused("token_invalid", token="certainly")
        good = self.server.token("admin")
        await self.assert_refused("token_invalid", token=good[:-2])

    async def test_a_message_that_is_too_large_is_closed_with_1009(self):
        async with self.dial() as socket:
            await self.greeted(socket)
            await socket.send("x" * LIMIT)
            await self.barrier(socket)
            await socket.send("x" * (LIMIT + 1))
            with self.assertRaises(websockets.ConnectionClosed) as caught:
                await patient(socket.recv())
            self.assertEqual(caught.exception.code, 1009)

    async def test_the_clients_close_code_is_echoed(self):
        socket = await self.dial()
        await self.greeted(socket)
        await socket.close(4000, "that is all")
        self.assertEqual((socket.close_code, socket.close_reason), (4000, "that is all"))


class ShutdownTest(unittest.IsolatedAsyncioTestCase):
    async def test_sigterm_closes_with_1001(self):
        server = await in_thread(Server, {"admin": "admin"})
        try:
            async with websockets.connect(server.socket_url(token=server.token("admin"))) as socket:
                await patient(socket.recv())
                ended = asyncio.create_task(in_thread(server.terminate))
                with self.assertRaises(websockets.ConnectionClosed) as caught:
                    await patient(socket.recv())
                self.assertEqual(caught.exception.code, 1001)
                self.assertEqual(await ended, 0)
        finally:
            await in_thread(server.stop)


if __name__ == "__main__":
    unittest.main()

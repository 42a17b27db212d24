"""What every WebSocket client must see of rotacast.v1. Each connection passes through a relay, which
records what the library sends by itself."""

import json
import uuid

from client_tests import ClientTests
from process import Process
from relay import CLOSE, PING, PONG, Relay
from rotacast_server import PATIENCE, Server

SETTINGS = {"websocket.ping_interval_s": 1, "websocket.deflate.enabled": "on"}


class Session:
    """One run of a client, with a relay of its own."""

    def __init__(self, command, server, token, schedule):
        self.relay = Relay(server.address)
        self._process = Process(
            command, TOKEN=token, SCHEDULE=schedule, URL=f"ws://127.0.0.1:{self.relay.port}/ws")

    def next(self):
        line = self._process.line()
        assert line is not None, "the client has ended"
        return json.loads(line)

    def assert_ended(self):
        self._process.assert_ended()

    def stop(self):
        self._process.stop()
        self.relay.close()


class WebsocketTests(ClientTests):
    settings = SETTINGS

    def start(self, token, server=None, schedule=None):
        session = Session(self.command, server or self.server, token, schedule or str(uuid.uuid4()))
        self.addCleanup(session.stop)
        self.assertEqual(session.next().get("opened"), "rotacast.v1")
        return session

    def watch(self, token, server=None, schedule=None):
        """A session that has subscribed."""
        session = self.start(token, server, schedule)
        greeting = session.next()
        self.assertEqual(greeting["event_type"], "connection_ack")
        self.assertEqual(greeting["user_id"], (server or self.server).users["ada"].id)
        answer = session.next()
        self.assertEqual((answer["event_type"], answer["id"]), ("ack", "watch"))
        return session

    def publish_and_see(self, session, schedule, message):
        """The event is shown, and next comes the answer to the ping that the client then sends."""
        fields = {"schedule_id": schedule, "update_type": "modified", "message": message}
        self.server.broadcast("schedule_updated", fields)
        event = session.next()
        self.assertEqual((event["event_type"], event.get("message")), ("schedule_updated", message))
        answer = session.next()
        self.assertEqual((answer["event_type"], answer.get("id")), ("pong", "seen"))

    def assert_closed(self, session, code, reason):
        """The program is told code and reason, and the library answers the close frame."""
        closed = session.next()
        self.assertEqual((closed["closed"], closed["reason"].split(":")[0]), (code, reason))
        self.assertRegex(closed["reason"], ": .+[.]$")  # what to do
        session.assert_ended()
        relay = session.relay
        self.assertTrue(relay.wait_for(lambda: relay.from_client.payloads(CLOSE), PATIENCE),
                        "the close frame was not answered")

    def test_events_arrive_whole_and_once_until_the_token_is_revoked(self):
        schedule, token = str(uuid.uuid4()), self.server.new_token("ada")
        session = self.watch(token, schedule=schedule)
        self.publish_and_see(session, schedule, "Zürich 🏥")
        # 220 KB of UTF-8. A repetition has 13 bytes, so that parts of a message split characters.
        self.publish_and_see(session, schedule, "Zürich 🏥 " * 17_000)
        self.server.revoke(token)
        self.assert_closed(session, 4401, "token_revoked")

    def test_pings_are_answered_by_the_library(self):
        session = self.watch(self.server.new_token("ada"))
        server, client = session.relay.from_server, session.relay.from_client

        def answered():
            return set(server.payloads(PING)) & set(client.payloads(PONG))

        self.assertTrue(session.relay.wait_for(answered, PATIENCE), "no ping was answered")

    def test_messages_are_compressed_if_the_library_offers_it(self):
        schedule = str(uuid.uuid4())
        session = self.watch(self.server.new_token("ada"), schedule=schedule)
        self.publish_and_see(session, schedule, "compressible " * 1_000)
        server, client = session.relay.from_server, session.relay.from_client
        offer = client.header("Sec-WebSocket-Extensions") or ""
        self.assertEqual("permessage-deflate" in offer, self.program.deflate, offer)
        self.assertEqual(any(frame.compressed for frame in server.frames), self.program.deflate)

    def test_a_rejected_token_is_named_although_the_close_follows_the_upgrade_at_once(self):
        self.assert_closed(self.start("certainly"), 4401, "token_invalid")

    def test_a_server_that_goes_down_says_when_to_come_back(self):
        server = Server({"ada": "coordinator"}, settings=SETTINGS)
        self.addCleanup(server.stop)
        session = self.watch(server.new_token("ada"), server)
        status = server.terminate()
        notice = session.next()
        self.assertEqual(notice["event_type"], "server_draining")
        self.assertGreater(notice["reconnect_after_ms"], 0)
        self.assert_closed(session, 1001, "server_draining")
        self.assertEqual(status, 0)


class LossTests(WebsocketTests):
    """Those, for libraries that always notice a lost connection."""

    def test_a_lost_connection_is_not_taken_for_an_orderly_end(self):
        session = self.watch(self.server.new_token("ada"))
        session.relay.close()
        # 1006 is reserved for this (RFC 6455 §7.1.5).
        self.assertEqual(session.next(), {"closed": 1006, "reason": ""})
        session.assert_ended()

"""What every client of server-sent events must see. The programs print the lines of the stream."""

import json
import urllib.parse
import uuid

from client_tests import ClientTests
from process import Process


class Stream:
    """One run of a client."""

    def __init__(self, command, server, token, schedule, cursor):
        query = urllib.parse.urlencode({"schedule": schedule})
        position = {"LAST_EVENT_ID": cursor} if cursor else {}
        self._process = Process(command, TOKEN=token, **position,
                                URL=f"{server.url}/api/v1/events/stream?{query}")

    def next(self):
        """The fields of the next record, with `data` decoded (HTML standard, §9.2.6)."""
        fields = {}
        while (line := self._process.line()) is not None:
            if line.startswith(":"):
                continue  # a comment
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                return {**fields, "data": json.loads(fields["data"])}
        raise AssertionError("the client has ended")

    def assert_ended(self):
        self._process.assert_ended()

    def stop(self):
        self._process.stop()


class StreamTests(ClientTests):
    def open(self, token, schedule, cursor=None):
        stream = Stream(self.command, self.server, token, schedule, cursor)
        self.addCleanup(stream.stop)
        return stream

    def publish(self, schedule, message):
        fields = {"schedule_id": schedule, "update_type": "modified", "message": message}
        self.server.broadcast("schedule_updated", fields)

    def assert_shown(self, stream, message):
        record = stream.next()
        self.assertEqual((record["event"], record["data"]["message"]), ("schedule_updated", message))
        self.assertEqual(record["id"], record["data"]["cursor"])
        return record

    def test_events_arrive_at_once_and_whole_until_the_token_is_revoked(self):
        schedule, token = str(uuid.uuid4()), self.server.new_token("ada")
        stream = self.open(token, schedule)
        self.assertEqual(stream.next()["event"], "ack")
        # Each must be shown before the next is published.
        for message in ("Zürich 🏥 \u2028\u0085 \n", "Zürich 🏥 " * 17_000, "short"):
            self.publish(schedule, message)
            self.assert_shown(stream, message)
        self.server.revoke(token)
        stream.assert_ended()

    def test_last_event_id_brings_what_was_missed(self):
        schedule, token = str(uuid.uuid4()), self.server.token("ada")
        first = self.open(token, schedule)
        self.assertEqual(first.next()["event"], "ack")
        self.publish(schedule, "seen")
        cursor = self.assert_shown(first, "seen")["id"]
        first.stop()
        self.publish(schedule, "missed")
        second = self.open(token, schedule, cursor)
        self.assert_shown(second, "missed")
        resumed = second.next()
        self.assertEqual((resumed["event"], resumed["data"]["recovered"]), ("resumed", True))
        self.publish(schedule, "live")
        self.assert_shown(second, "live")

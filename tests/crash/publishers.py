"""Concurrent publishers that record their requests and the responses."""

import http.client
import itertools
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field

SCHEDULE = "5c4ed01e-0000-4000-8000-000000000009"
AUTHOR = "77777777-7777-4777-8777-777777777777"
EVENTS_PER_REQUEST_MAX = 5


@dataclass
class Request:
    """One POST request: all of its events are stored, or none."""

    ids: list  # our own id of each event, carried in its `reason`
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent_ns: int = 0
    answered_ns: int = 0
    answer: list = None  # [(event_id, cursor), …] in the order of `ids`; None while unanswered

    def body(self):
        return json.dumps(
            [
                {
                    "event_type": "ScheduleUpdated",
                    "schedule_id": SCHEDULE,
                    "updated_by": AUTHOR,
                    "changes": {},
                    "reason": own_id,
                }
                for own_id in self.ids
            ]
        ).encode()


def _answered_events(value):
    """The list of objects with a cursor, at any depth of the response."""
    if isinstance(value, list) and value and all("cursor" in item for item in value):
        return [(item.get("event_id"), item["cursor"]) for item in value]
    children = value.values() if isinstance(value, dict) else []
    for child in children:
        if isinstance(child, (dict, list)) and (found := _answered_events(child)):
            return found
    return None


class Intake:
    """One keep-alive connection to the intake. Times out after 20 s."""

    def __init__(self, port, api_key):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.api_key = api_key

    def publish(self, request):
        """Raises OSError or HTTPException if the server is gone, ValueError on an error status."""
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": self.api_key,
            "Idempotency-Key": request.key,
        }
        request.sent_ns = time.monotonic_ns()
        self.connection.request("POST", "/api/v1/events", request.body(), headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status not in (200, 201):
            raise ValueError(f"publish answered {response.status}: {text[:300]!r}")
        answer = _answered_events(json.loads(text))
        if answer is None or len(answer) != len(request.ids):
            raise ValueError(f"the answer does not name every event's cursor: {text[:300]!r}")
        request.answered_ns = time.monotonic_ns()
        request.answer = answer

    def close(self):
        self.connection.close()


class Publishers:
    """`count` threads that publish `total` events together, or until the server dies."""

    def __init__(self, port, api_key, name, count, total, seed):
        self.name = name
        self.total = total
        self.requests = []  # in arbitrary order
        self.refusals = []
        self.answered = 0
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        self._running = count
        self._threads = [
            threading.Thread(target=self._run, args=(port, api_key, random.Random(seed + i)))
            for i in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def _next_request(self, dice):
        with self._lock:
            wanted = dice.randint(1, EVENTS_PER_REQUEST_MAX)
            numbers = list(itertools.islice(self._numbers, wanted))
            if numbers[-1] >= self.total:
                return None
            request = Request([f"{self.name}-{number:06}" for number in numbers])
            self.requests.append(request)
            return request

    def _run(self, port, api_key, dice):
        intake = Intake(port, api_key)
        try:
            while request := self._next_request(dice):
                intake.publish(request)
                with self._moved:
                    self.answered += len(request.ids)
                    self._moved.notify_all()
        except ValueError as refusal:
            self.refusals.append(str(refusal))
        except (OSError, http.client.HTTPException):
            pass  # the server was killed: the request stays unanswered
        finally:
            intake.close()
            with self._moved:
                self._running -= 1
                self._moved.notify_all()

    def wait_until_answered(self, events):
        """Returns False if the publishers finished before that."""
        with self._moved:
            self._moved.wait_for(lambda: self.answered >= events or self._running == 0, 120)
            return self.answered >= events and self._running > 0

    def join(self):
        for thread in self._threads:
            thread.join()

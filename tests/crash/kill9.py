#!/usr/bin/env python3
"""Kills the server during concurrent publishes and checks the journal against its responses.

    tests/crash/kill9.py [--binary build/release/rotacast] [--rounds 20] [--events 10000] [--seed N]

Each round: 32 publishers publish --events events together, each request with an Idempotency-Key,
while a classic client watches. At a random moment the server is killed and started again on the
same database. The client reconnects, and every request without a response is sent again with its
key. Then the journal must agree with the responses, and the client with the journal (see
journal_checks.py). Every fourth round starts with an empty database. The seed, which determines the
moments, is printed.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import journal_checks as checks
import servers
from publishers import SCHEDULE, Intake, Publishers, Request
from websocket_client import Watcher

PUBLISHERS = 32
ROUNDS_PER_DATABASE = 4
EVENTS_AFTER_RESTART = 50


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = servers.ROOT / "build" / "release" / "rotacast"
    parser.add_argument("--binary", type=Path, default=default)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    return parser.parse_args()


def publish_and_kill(home, name, events, dice):
    """Returns the publishers' requests and the events that the client saw until the kill."""
    kill_after = int(events * dice.uniform(0.1, 0.8))
    pause_s = dice.uniform(0, 0.005)
    with home.serve() as server:
        watcher = Watcher(server.port, home.token(), SCHEDULE)
        publishers = Publishers(
            server.port, home.api_key, name, PUBLISHERS, events, dice.randrange(1 << 32)
        )
        in_the_middle = publishers.wait_until_answered(kill_after)
        time.sleep(pause_s)  # so that the moment does not coincide with a response
        server.kill()
        publishers.join()
        watcher.ended.wait(10)  # it still reads what is in the kernel's buffer
        watcher.close()
    faults = list(publishers.refusals)
    if not in_the_middle:
        faults.append("the publishers ended before the server was killed")
    return publishers.requests, watcher.messages, faults


def come_back(home, requests, name):
    """Restarts, reconnects, repeats the unanswered requests; returns journals and seen events."""
    with home.serve() as server:
        journal_found = home.tail()
        watcher = Watcher(server.port, home.token(), SCHEDULE)
        intake = Intake(server.port, home.api_key)
        again = [request for request in requests if request.answer is None]
        for request in again:
            intake.publish(request)
        for number in range(EVENTS_AFTER_RESTART):
            requests.append(Request([f"{name}-after-{number:03}"]))
            intake.publish(requests[-1])
        intake.close()
        arrived = watcher.wait_for(requests[-1].ids[-1])
        watcher.close()
        journal = home.tail()
    faults = [] if arrived else ["the client did not get the last event after its reconnect"]
    return journal_found, journal, watcher.messages, len(again), faults


def check_found(requests, journal):
    """Checks the journal as the crash left it, before anything was sent again."""
    return (
        checks.order_of_journal(journal)
        + checks.answered_is_stored(requests, journal)
        + checks.whole_requests_only(requests, journal)
        + checks.answers_keep_order(requests)
    )


def check_all_stored_once(requests, journal):
    """Checks the final journal: because of the keys, repeated requests were stored once."""
    return (
        checks.order_of_journal(journal)
        + checks.answered_is_stored(requests, journal)
        + checks.whole_requests_only(requests, journal)
    )


def snapshot(requests):
    return [Request(r.ids, r.key, r.sent_ns, r.answered_ns, r.answer) for r in requests]


def run_round(home, name, events, dice):
    requests, seen_before, faults = publish_and_kill(home, name, events, dice)
    at_the_kill = snapshot(requests)
    found, journal, seen_after, resent, more = come_back(home, requests, name)
    faults += more
    faults += check_found(at_the_kill, found)
    faults += check_all_stored_once(requests, journal)
    faults += checks.client_follows_journal(seen_before, found)
    faults += checks.client_follows_journal(seen_after, journal)
    faults += checks.reconnected_client_goes_on(seen_before, seen_after, journal)

    answered = sum(len(request.ids) for request in at_the_kill if request.answer)
    mine = sum(1 for entry in found if (checks.own_id(entry) or "").startswith(name))
    print(
        f"{name}: {answered} events answered, {mine} in the journal after the kill, "
        f"{resent} requests sent again, client saw {len(seen_before)} + {len(seen_after)}: "
        f"{'ok' if not faults else 'FAILED'}",
        flush=True,
    )
    for fault in faults[:10]:
        print(f"    {fault}")
    if len(faults) > 10:
        print(f"    … and {len(faults) - 10} more")
    return not faults


def main():
    arguments = parse_arguments()
    print(f"seed {arguments.seed}", flush=True)
    dice = random.Random(arguments.seed)
    passed = 0
    with tempfile.TemporaryDirectory(prefix="rotacast-kill9-") as directory:
        for number in range(arguments.rounds):
            database = number // ROUNDS_PER_DATABASE
            home = servers.RotacastHome(arguments.binary, Path(directory) / f"home-{database}")
            passed += run_round(home, f"round-{number:02}", arguments.events, dice)
    print(f"{passed} passed, {arguments.rounds - passed} failed")
    return 0 if passed == arguments.rounds else 1


if __name__ == "__main__":
    sys.exit(main())

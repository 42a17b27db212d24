#!/usr/bin/env python3
"""Kills the bus with SIGKILL at random moments and checks how every delivery ended.

Each run: `bus_crash` publishes --events events to handlers that fail twice, fail always, fail
permanently, hang, end the process, publish derived events, or just work. It is killed at random
moments and started again on the same folder, also when it ended itself, until it reports that all
is done. Then its files are checked: the dead letters are exactly those expected, with their numbers
of attempts; every other delivery is done and took effect once. The seed, which determines the
moments, is printed.
"""

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ATTEMPTS = 4
FORGIVEN_MAX = 3  # docs/adr/0012
STARTS_MAX = 200
LIFE_S_MAX = 60


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=ROOT / "build" / "dev" / "bus_crash")
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--events", type=int, default=300)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    return parser.parse_args()


# Which events handlers fail for; bus_crash.cpp has the same rules.
def is_hard(number):
    return number % 10 == 4


def hangs(number):
    return number % 100 == 6


def ends_the_process(number):
    return number % 150 == 77


def expected_letters(events):
    """(subscriber, number) -> the acceptable numbers of attempts."""
    # An attempt that a kill interrupted while others ran may be granted again (docs/adr/0012).
    all_made = set(range(ATTEMPTS, ATTEMPTS + FORGIVEN_MAX + 1))
    letters = {}
    for number in range(events):
        if is_hard(number):
            letters["always", number] = all_made
            letters["permanent", number] = set(range(1, max(all_made) + 1))  # the last said so
        if hangs(number):
            letters["hangs", number] = all_made
        if ends_the_process(number):
            letters["crashes", number] = {ATTEMPTS}
    return letters


def live(arguments, folder, dice):
    """Starts, kills and restarts until all is done; returns (starts, kills, crashes)."""
    kills = crashes = 0
    for starts in range(1, STARTS_MAX):
        child = subprocess.Popen([arguments.binary, folder, str(arguments.events)])
        life_s = dice.uniform(0.005, 0.15) if kills < arguments.kills else LIFE_S_MAX
        try:
            child.wait(life_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            if kills >= arguments.kills:
                raise RuntimeError("does not come to its end")
            kills += 1
            continue
        if child.returncode == 0:
            return starts, kills, crashes
        if child.returncode != 3:
            raise RuntimeError(f"ended with {child.returncode}")
        crashes += 1
    raise RuntimeError("was started too often")


def rows(folder, file, query):
    with sqlite3.connect(f"file:{folder}/{file}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def check_journal(folder, events):
    published, derived = [], []
    for (body,) in rows(folder, "journal.db", "SELECT body FROM journal ORDER BY offset"):
        event = json.loads(body)
        if event["metadata"]["event_type"] == "ScheduleArchived":
            published.append(int(event["reason"]))
        else:
            derived.append(int(event["deleted_by"]))
    if published != list(range(events)):
        yield "the journal does not hold each event once, in order"
    if sorted(derived) != list(range(0, events, 5)):
        yield f"derived events: {len(derived)}, expected {len(range(0, events, 5))}, each once"


def check_letters(folder, events):
    expected = expected_letters(events)
    found = rows(
        folder,
        "bus.db",
        "SELECT s.name, d.body, d.attempts, d.state, d.error_name FROM deliveries d "
        "JOIN subscribers s ON s.id = d.subscriber",
    )
    seen = set()
    for name, body, attempts, state, error in found:
        key = name, int(json.loads(body)["reason"])
        seen.add(key)
        if state != 4:
            yield f"{key} is left in state {state}"
        elif key not in expected:
            yield f"{key} is a dead letter ({error} after {attempts}) and should not be"
        elif attempts not in expected[key]:
            yield f"{key} has {attempts} attempts ({error})"
    for key in expected.keys() - seen:
        yield f"{key} should be a dead letter"


def check_effects(folder, events):
    letters = expected_letters(events)
    found = rows(folder, "bus.db", "SELECT handler, subject FROM ledger WHERE kind = 'seen'")
    if len(found) != len(set(found)):
        yield "a ledger row is there twice"
    done = {(name, int(number)) for name, number in found}
    expected = {("derived", number) for number in range(0, events, 5)}
    for name in ("twice", "always", "permanent", "crashes", "derives", "quick", "hangs"):
        expected |= {(name, n) for n in range(events) if (name, n) not in letters}
    for missing in sorted(expected - done)[:5]:
        yield f"{missing} has no effect"
    for extra in sorted(done - expected)[:5]:
        yield f"{extra} has an effect and should have none"


def check_places(folder):
    last = rows(folder, "journal.db", "SELECT last FROM journal_meta")[0][0]
    for name, position in rows(folder, "bus.db", "SELECT name, position FROM subscribers"):
        if position != last:
            yield f"{name} stands at {position}, the journal at {last}"


def run(arguments, number, dice):
    with tempfile.TemporaryDirectory(prefix="rotacast-bus-crash-") as folder:
        starts, kills, crashes = live(arguments, folder, dice)
        faults = [
            *check_journal(folder, arguments.events),
            *check_letters(folder, arguments.events),
            *check_effects(folder, arguments.events),
            *check_places(folder),
        ]
    verdict = "FAILED" if faults else "ok"
    print(f"run {number}: {starts} starts, {kills} kills, {crashes} crashes: {verdict}", flush=True)
    for fault in faults[:10]:
        print(f"    {fault}")
    return not faults


def main():
    arguments = parse_arguments()
    print(f"seed {arguments.seed}", flush=True)
    dice = random.Random(arguments.seed)
    passed = sum(run(arguments, number, dice) for number in range(arguments.runs))
    print(f"{passed} passed, {arguments.runs - passed} failed")
    return 0 if passed == arguments.runs else 1


if __name__ == "__main__":
    sys.exit(main())

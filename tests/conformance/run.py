#!/usr/bin/env python3
"""RFC 6455 and RFC 7692 conformance of an echo server, by the numbering of the Autobahn test suite
(sections 1 to 7, 9, 10, 12 and 13; 8 and 11 do not exist).

    run.py --server BINARY [--filter 6.*] [--strict] [--verbose]

The binary is started with `--port 0 --max-message 33554432 --deflate` and must print `listening on
http://127.0.0.1:PORT`. It must echo text as text and binary as binary, and accept offers of
permessage-deflate. Prints a line for each case that fails or is not strictly right, then
`N passed, N failed`; exits with 1 on a failure."""

import argparse
import fnmatch
import queue
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cases  # importing registers the cases
from case import CASES, INFORMATIONAL, NON_STRICT, OK, Failure, check_numbering
from client import Client, Silence, Violation

START_SECONDS = 30
STOP_SECONDS = 10
MAX_MESSAGE_BYTES = 32 * 1024 * 1024


class Server:
    """The echo server under test; leaving the context stops only a process that it started."""

    def __init__(self, binary):
        command = [binary, "--port", "0", "--max-message", str(MAX_MESSAGE_BYTES), "--deflate"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        self._ports = queue.Queue()
        # Keep reading, so that a verbose server never blocks.
        threading.Thread(target=self._read_output, daemon=True).start()

    def _read_output(self):
        for line in self._process.stdout:
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
                self._ports.put(int(found.group(1)))
        self._ports.put(None)  # it has ended

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def port(self):
        try:
            port = self._ports.get(timeout=START_SECONDS)
        except queue.Empty:
            port = None
        return port or sys.exit("the server does not say where it listens")

    def exit_code(self):
        """None while it is running."""
        return self._process.poll()


def judge(each, port):
    """(judgement or None, explanation, seconds)"""
    started = time.monotonic()
    try:
        with Client(port, each.timeout_seconds, each.deflate()) as client:
            judgement, explanation = each.run(client), ""
    except Failure as failure:
        judgement, explanation = None, str(failure)
    except (Violation, Silence, OSError) as problem:
        judgement, explanation = None, f"expected a WebSocket server, got {problem}"
    return judgement, explanation, time.monotonic() - started


def run_all(chosen, port, jobs, strict, verbose):
    passed = failed = 0
    with ThreadPoolExecutor(jobs) as pool:
        for each, result in zip(chosen, pool.map(lambda one: judge(one, port), chosen)):
            judgement, explanation, seconds = result
            good = judgement in (OK, INFORMATIONAL) or (judgement == NON_STRICT and not strict)
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"FAILED {each.number} {each.title}: {explanation or judgement}", flush=True)
            elif judgement == NON_STRICT or verbose:
                print(f"{judgement} {each.number} {each.title} ({seconds:.2f} s)", flush=True)
    return passed, failed


def choose(patterns):
    if not patterns:
        return CASES
    wanted = [form for pattern in patterns for form in (pattern, pattern + ".*")]
    return [each for each in CASES if any(fnmatch.fnmatchcase(each.number, one) for one in wanted)]


def by_number(each):
    return [int(part) for part in each.number.split(".")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, help="path of the echo server's binary")
    parser.add_argument("--filter", action="append", help="case numbers, such as 6.*, repeatable")
    parser.add_argument("--strict", action="store_true", help="count NON-STRICT as failed")
    parser.add_argument("--verbose", action="store_true", help="a line for every case")
    parser.add_argument("--jobs", type=int, default=4, help="cases at the same time")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    check_numbering()
    chosen = sorted(choose(arguments.filter), key=by_number)
    if not chosen:
        sys.exit("no case has such a number")
    with Server(arguments.server) as server:
        passed, failed = run_all(
            chosen, server.port(), arguments.jobs, arguments.strict, arguments.verbose
        )
        if server.exit_code() is not None:
            print(f"FAILED the server ended by itself, exit code {server.exit_code()}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

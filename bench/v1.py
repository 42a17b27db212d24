"""The measurements of rotacast.v1: jitter, refresh, drain, deflate (bench/README.md).

Each runs `rotacast_load` in the mode of its name, prints a table and adds the errors that it found
to `bench.findings`.
"""

import contextlib
import statistics
import threading
import time

DEFLATE_BURSTS = [1, 64]
CATCH_UP_P99_MS = 50
# Time in addition to a mode's duration: for connecting all clients and for catching up.
ALLOWANCE_S = 90


def add_arguments(parser):
    group = parser.add_argument_group("rotacast.v1")
    group.add_argument("--jitter-clients", type=int, default=2000)
    group.add_argument("--jitter-seconds", type=float, default=120)
    group.add_argument("--refresh-clients", type=int, default=5000)
    group.add_argument("--refresh-seconds", type=float, default=180)
    group.add_argument("--token-ttl", type=int, default=30, help="seconds")
    group.add_argument("--drain-clients", type=int, default=5000)
    group.add_argument("--drain-window", type=int, default=20, help="seconds")
    group.add_argument("--deflate-rounds", type=int, default=5)


def clients_at_most(arguments):
    return max(arguments.jitter_clients, arguments.refresh_clients, arguments.drain_clients)


def jitter(bench):
    seconds = bench.arguments.jitter_seconds
    with bench.start("rotacast") as server:
        # fmt: off
        result = bench.load(
            "rotacast", server, "jitter", True, "--subscribers", bench.arguments.jitter_clients,
            "--seconds", seconds, "--interval-ms", 500, limit_s=seconds + ALLOWANCE_S,
        )
        # fmt: on
    print(f"\n### Jitter: {result['clients']} clients, {seconds:.0f} s\n")
    print_facts(
        {
            "connections cut": result["cuts"],
            "of these in the middle of handshake or resume": result["cuts_while_entering"],
            "events delivered (aim 100 %)": delivered(result),
            "of these replayed": result["replayed"],
            "duplicates, skipped or out of order, gaps": zeros(
                result, "duplicates", "skipped", "gaps"
            ),
            "handshake done to caught up, p50": f"{result['caught_up_p50_ms']:.1f} ms",
            f"p99 (aim ≤ {CATCH_UP_P99_MS} ms)": f"**{result['caught_up_p99_ms']:.1f} ms**",
            "cut to caught up, p50 (2 to 3 s of it away)": seconds_of(result, "p50"),
            "p99": seconds_of(result, "p99"),
        }
    )


def delivered(result):
    share = f"**{result['delivered_percent']:.3f} %**"
    return f"{share} ({result['delivered']} of {result['expected']})"


def zeros(result, *keys):
    return ", ".join(str(result[key]) for key in keys)


def seconds_of(result, quantile):
    return f"{result[f'cut_to_caught_up_{quantile}_ms'] / 1000:.2f} s"


def refresh(bench):
    arguments = bench.arguments
    seconds = arguments.refresh_seconds
    with bench.start("rotacast") as server:
        # fmt: off
        result = bench.load(
            "rotacast", server, "refresh", True, "--subscribers", arguments.refresh_clients,
            "--seconds", seconds, "--interval-ms", 1000, "--token-ttl-s", arguments.token_ttl,
            "--users", bench.users, "--secret-file", bench.home.secret_file,
            limit_s=seconds + ALLOWANCE_S,
        )
        # fmt: on
    ttl = result["token_ttl_s"]
    print(f"\n### Refresh: {result['clients']} sockets, tokens of {ttl} s, {seconds:.0f} s\n")
    print_facts(
        {
            "tokens replaced in place": result["refreshes"],
            "disconnects (aim 0)": f"**{result['disconnects']}**",
            "tokens of another user, refused with 1207, socket kept": (
                f"{result['foreign_refused']} of {result['foreign_tokens']}"
            ),
            "asked to answered, p50, p99": (
                f"{result['refresh_p50_ms']:.1f} ms, {result['refresh_p99_ms']:.1f} ms"
            ),
            "clients whose token was let expire, closed with 4401": result["lapsed"],
            "the latest of them after the end of its token (aim ≤ 1 s)": (
                f"{result['lapsed_late_max_ms']:.0f} ms"
            ),
        }
    )


class Successor:
    """Waits until a server has ended and starts the next one on the same port and database.

    Leaving the context stops the next one; afterwards none is started.
    """

    def __init__(self, bench, server, more):
        self._bench, self._server, self._more = bench, server, more
        self.ended_at = None
        self.exit_code = None
        self._next = None
        self._wanted = True
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        exit_code = self._server.process.wait()
        ended_at = time.time()
        with self._lock:
            if self._wanted:
                self.exit_code, self.ended_at = exit_code, ended_at
                port = self._server.port
                self._next = self._bench.start("rotacast", more=self._more, port=port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self._lock:
            self._wanted = False
            if self._next:
                self._next.stop()


def drain(bench):
    arguments = bench.arguments
    window = arguments.drain_window
    deadline_s = window + 10  # drain_timeout_s
    more = ["--drain-window-s", window, "--drain-timeout-s", 10]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(bench.start("rotacast", more=more))
        successor = stack.enter_context(Successor(bench, server, more))
        # fmt: off
        result = bench.load(
            "rotacast", server, "drain", True, "--subscribers", arguments.drain_clients,
            "--interval-ms", 500, "--drain-window-s", window, limit_s=3 * window + 2 * ALLOWANCE_S,
        )
        # fmt: on
    took = (successor.ended_at or time.time()) - result["signalled_unix_s"]
    print_drain(result, took, successor.exit_code, window)
    if successor.exit_code != 0:
        bench.findings.append(f"drain: the server ended with {successor.exit_code}")
    if took > deadline_s:
        bench.findings.append(f"drain: the server took {took:.1f} s to end")


def print_drain(result, took, exit_code, window):
    even = result["closes_per_second_even"]
    lowest, highest = result["lowest_of_even"] - 1, result["highest_of_even"] - 1
    print(f"\n### Drain: {result['clients']} clients, a window of {window} s\n")
    print_facts(
        {
            "closed without being told before (aim 0)": result["untold"],
            "told within": f"{result['told_within_ms']:.0f} ms of SIGTERM",
            f"closes per second (even: {even:.0f})": (
                f"{result['closes_per_second_fewest']} to {result['closes_per_second_most']}"
            ),
            "from even (aim ± 25 %)": f"**{lowest:+.1%} to {highest:+.1%}**",
            "last close after SIGTERM": f"{result['closed_last_s']:.2f} s",
            f"server's end after SIGTERM (aim ≤ {window + 10} s)": (
                f"{took:.2f} s, exit code {exit_code}"
            ),
            "came back": f"{result['came_back']} of {result['clients']}",
            "events per schedule, published all the while": result["events_per_schedule"],
            "missing, doubled, gaps after their return (aim 0)": zeros(
                result, "skipped", "duplicates", "gaps"
            ),
            "handshake done to caught up, p50, p99": (
                f"{result['caught_up_p50_ms']:.1f} ms, {result['caught_up_p99_ms']:.1f} ms"
            ),
        }
    )


def deflate(bench):
    """Interleaved rounds with and without the clients' offer, on one server that accepts it."""
    samples = {0: [], 1: []}
    with bench.start("rotacast", more=["--websocket-deflate-enabled", "on"]) as server:
        for turn in range(bench.arguments.deflate_rounds):
            for offer in (0, 1) if turn % 2 == 0 else (1, 0):
                # fmt: off
                result = bench.load(
                    "rotacast", server, "deflate", True, "--offer-deflate", offer,
                    "--subscribers", bench.arguments.subscribers, "--repeats", 1000,
                    "--seconds", bench.arguments.seconds,
                    "--bursts", ",".join(map(str, DEFLATE_BURSTS)),
                )
                # fmt: on
                samples[offer].append(result["bursts"])
    print_deflate(samples, bench.arguments.subscribers)


def print_deflate(samples, subscribers):
    print(f"\n### permessage-deflate, {subscribers} subscribers, one core\n")
    print("| burst | offered | bytes per delivery | compressed | server CPU, µs per delivery |")
    print("|---:|---|---:|---:|---:|")
    for burst in map(str, DEFLATE_BURSTS):
        for offer, rounds in samples.items():
            values = [sample[burst] for sample in rounds]
            cpu = [value["cpu_us_per_delivery"] for value in values]
            cells = [
                burst,
                "yes" if offer else "no",
                f"{statistics.median(value['wire_bytes_per_delivery'] for value in values):.0f}",
                f"{statistics.median(value['compressed_share'] for value in values):.0%}",
                f"**{statistics.median(cpu):.3f}** ({min(cpu):.3f}–{max(cpu):.3f})",
            ]
            print("| " + " | ".join(cells) + " |")


def print_facts(facts):
    print("| what | figure |\n|---|---:|")
    for name, value in facts.items():
        print(f"| {name} | {value} |")


SECTIONS = {"jitter": jitter, "refresh": refresh, "drain": drain, "deflate": deflate}

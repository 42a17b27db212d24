#!/usr/bin/env python3
"""Measures Rotacast, a bare send as the lower limit, and npm peers; prints Markdown tables.

    bench/run.py [--binary build/release/rotacast] [--rounds 5] [--only fanout|idle|…] …

Takes about 25 minutes, uses loopback only and stops what it started.
See bench/README.md for what each figure means.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bus
import cluster
import cluster_flow
import graphql
import growth
import servers
import tls
import users
import v1

BURSTS = [1, 16, 64, 365]
AIMS = {1: 1.25, 16: 1.25, 64: 1.15, 365: 1.15}
SERVER_CORE, CLIENT_CORE = 0, 1
LOAD_LIMIT_S = 60
SECTIONS = ["fanout", "idle", "stuck", "bus", "graphql", "redis", "tls", *v1.SECTIONS]


def parse_arguments():
    release = servers.ROOT / "build" / "release"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=release / "rotacast")
    parser.add_argument("--load", type=Path, help="default: found below build/release")
    parser.add_argument("--bare-send", type=Path, help="default: found below build/release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.7, help="per burst size and round")
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=19000, help="of the idle measurement")
    parser.add_argument("--stuck-pairs", type=int, default=3)
    parser.add_argument("--payload", type=int, default=350, help="bytes of one event")
    parser.add_argument("--only", choices=SECTIONS)
    parser.add_argument("--peers-only", action="store_true", help="leave Rotacast out")
    parser.add_argument("--serve-args", default="", help="more arguments for `rotacast serve`")
    parser.add_argument("--json", type=Path, help="also write every single measurement here")
    v1.add_arguments(parser)
    bus.add_arguments(parser)
    cluster.add_arguments(parser)
    tls.add_arguments(parser)
    arguments = parser.parse_args()
    arguments.load = arguments.load or find_below(release, "rotacast_load")
    arguments.bus = arguments.bus or find_below(release, "bench_bus")
    arguments.bare_send = arguments.bare_send or find_below(release, "bench_bare_send")
    return arguments


def find_below(directory, name):
    found = [path for path in directory.rglob(name) if path.is_file()]
    if not found:
        sys.exit(f"{name} is not built; run `make build` or name it on the command line")
    return found[0]


class Bench:
    def __init__(self, arguments, directory):
        self.arguments = arguments
        self.directory = Path(directory)
        self.raw = []
        self.findings = []
        self.home = None
        self.tokens = self.directory / "tokens"
        self.users = self.directory / "users"
        if not arguments.peers_only:
            self.home = servers.RotacastHome(arguments.binary, self.directory / "home")
            most = max(
                arguments.connections, arguments.subscribers + 1, v1.clients_at_most(arguments)
            )
            users.write_tokens(self.home, most, self.tokens, self.users)

    @staticmethod
    def core(pinned):
        """The core on which a server runs; None: all cores."""
        return SERVER_CORE if pinned and os.cpu_count() > 1 else None

    def start(self, name, pinned=True, more=(), port=0):
        core = self.core(pinned)
        if name == "rotacast":
            # Handlers publish events themselves. They are measured by `bus`, not here.
            extra = ["--handlers-enabled", "off", *self.arguments.serve_args.split(), *map(str, more)]
            return self.home.serve(core, extra, port)
        if name in ("limit", "limit, pages"):
            return servers.bare_send(self.arguments.bare_send, core, name == "limit, pages")
        return servers.npm_ws(core)

    def names(self):
        return ["limit", "npm ws"] if self.arguments.peers_only else ["limit", "rotacast", "npm ws"]

    def load(self, name, server, mode, pinned, *more, limit_s=LOAD_LIMIT_S):
        """Runs the load client against `server`; returns its report.

        Errors are in the report's `findings` and make the whole run fail at its end.
        """
        command = ["taskset", "-c", CLIENT_CORE] if pinned and os.cpu_count() > 1 else []
        command += [self.arguments.load, mode, "--port", server.port, "--pid", server.pid]
        command += ["--payload", self.arguments.payload]
        if name == "rotacast":
            command += ["--target", "rotacast", "--tokens", self.tokens]
            command += ["--api-key-file", self.home.api_key_file]
        command = [str(word) for word in command + list(more)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s)
        if done.returncode != 0 and not done.stdout:
            raise RuntimeError(f"{name}, {mode}: {done.stderr.strip()}")
        result = json.loads(done.stdout)
        if result.get("findings"):
            self.findings.append(f"{mode}: {result['findings']}")
        self.raw.append({"server": name, **result})
        return result

    def fanout(self):
        """Interleaved rounds over all running servers; results[name][burst] is a list."""
        names = [*self.names(), "limit, pages"]
        results = {name: {burst: [] for burst in BURSTS} for name in names}
        with contextlib.ExitStack() as stack:
            running = {name: stack.enter_context(self.start(name)) for name in names}
            for turn in range(self.arguments.rounds):
                for name in rotated(names, turn):
                    self._fanout_round(name, running[name], results[name])
        return results

    def _fanout_round(self, name, server, into):
        more = ["--subscribers", self.arguments.subscribers, "--repeats", 1000]
        more += ["--seconds", self.arguments.seconds, "--bursts", ",".join(map(str, BURSTS))]
        # One burst of 365 takes `ws` seconds; the smaller bursts before it were its warm-up.
        more += ["--warm-up", 0 if name == "npm ws" else 1]
        result = self.load(name, server, "fanout", True, *more)
        for burst in BURSTS:
            into[burst].append(result["bursts"][str(burst)])

    def idle(self):
        results = {}
        for name in self.names():
            with self.start(name, pinned=False) as server:
                more = ["--subscribers", self.arguments.connections]
                probes = {"kernel": growth.slab_bytes, "queued": growth.queued_bytes}
                with growth.Growth(**probes) as grown:
                    results[name] = self.load(name, server, "idle", False, *more)
                for probe, most in grown.of.items():
                    results[name][f"{probe}_bytes_per_end"] = most / (2 * self.arguments.connections)
        return results

    def stuck(self):
        """Pairs of runs, without and with the subscriber that never reads."""
        results = {0: [], 1: []}
        with self.start("rotacast") as server:
            for pair in range(self.arguments.stuck_pairs):
                for with_stuck in (0, 1) if pair % 2 == 0 else (1, 0):
                    more = ["--subscribers", self.arguments.subscribers, "--bursts", 16]
                    more += ["--seconds", 4, "--interval-ms", 40, "--stuck-bytes", 100_000]
                    more += ["--with-stuck", with_stuck]
                    result = self.load("rotacast", server, "stuck", True, *more)
                    results[with_stuck].append(result)
        return results


def rotated(names, turn):
    """Rotates the order each round, so that no server always follows the same one."""
    start = turn % len(names)
    return names[start:] + names[:start]


def median(samples, key):
    return statistics.median(sample[key] for sample in samples)


def loops_only(sample):
    by_thread = sample["cpu_us_per_delivery_by_thread"]
    return sum(us for thread, us in by_thread.items() if thread.startswith("loop"))


def print_fanout(results, subscribers):
    print(f"\n### Server CPU per delivery, {subscribers} subscribers, one core\n")
    print("| burst | server | frame bytes | µs per delivery | ratio to the limit (rounds) | aim "
          "| loop threads only, µs (ratio) | p50 ms | p99 ms |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for burst in BURSTS:
        limit = results["limit"][burst]
        for name, by_burst in results.items():
            print_fanout_row(burst, name, by_burst[burst], limit)


def print_fanout_row(burst, name, samples, limit):
    cpu = median(samples, "cpu_us_per_delivery")
    base = median(limit, "cpu_us_per_delivery")
    rounds = [
        mine["cpu_us_per_delivery"] / bare["cpu_us_per_delivery"]
        for mine, bare in zip(samples, limit)
    ]
    loops = statistics.median(loops_only(sample) for sample in samples)
    cells = [
        burst,
        name,
        samples[0]["frame_bytes"],
        f"{cpu:.3f}",
        f"**{cpu / base:.2f}** ({min(rounds):.2f}–{max(rounds):.2f})",
        f"≤ {AIMS[burst]}" if name == "rotacast" else "",
        f"{loops:.3f} ({loops / base:.2f})" if loops else "",
        f"{median(samples, 'latency_p50_us') / 1000:.1f}",
        f"{median(samples, 'latency_p99_us') / 1000:.1f}",
    ]
    print("| " + " | ".join(map(str, cells)) + " |")


def print_idle(results):
    count = next(iter(results.values()))["connections"]
    print(f"\n### Memory of {count} idle connections, two subscriptions each\n")
    print("| server | RSS before, MB | after, MB | bytes per connection | aim | connected in s "
          "| kernel's objects, bytes per end | queued in sockets, bytes per end |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, result in results.items():
        cells = [
            name,
            f"{result['rss_before_bytes'] / 1e6:.1f}",
            f"{result['rss_after_bytes'] / 1e6:.1f}",
            f"**{result['rss_bytes_per_connection']:.0f}**",
            "≤ 2048" if name == "rotacast" else "",
            f"{result['connect_s']:.1f}",
            f"{result['kernel_bytes_per_end']:.0f}",
            f"{result['queued_bytes_per_end']:.0f}",
        ]
        print("| " + " | ".join(cells) + " |")


def print_stuck(results):
    first = results[0][0]
    print(f"\n### One of {first['subscribers'] + 1} subscribers never reads\n")
    print("| run | p50 ms | p99 ms (runs) | highest RSS above the start, MB | ended by the server |")
    print("|---|---:|---:|---:|---|")
    for with_stuck, samples in results.items():
        p99 = [f"{sample['latency_p99_us'] / 1000:.1f}" for sample in samples]
        growth = [sample["rss_highest_bytes"] - sample["rss_before_bytes"] for sample in samples]
        ended = [sample for sample in samples if sample["stuck_ended_by_server"]]
        codes = sorted({sample["stuck_close_code"] for sample in ended})
        cells = [
            "with it" if with_stuck else "without",
            f"{median(samples, 'latency_p50_us') / 1000:.2f}",
            f"**{median(samples, 'latency_p99_us') / 1000:.2f}** ({', '.join(p99)})",
            f"{max(growth) / 1e6:.1f}",
            f"{len(ended)} of {len(samples)}, close codes {codes}" if with_stuck else "",
        ]
        print("| " + " | ".join(cells) + " |")
    ratio = median(results[1], "latency_p99_us") / median(results[0], "latency_p99_us")
    print(f"\np99 of the others with it: **{ratio:.2f} ×** that without (aim ≤ 1.10).")


def print_machine(arguments):
    commit = subprocess.run(
        ["git", "-C", servers.ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    )
    where = f"{os.cpu_count()} cores, Linux {platform.release()}"
    print(f"Rotacast at {commit.stdout.strip() or 'no commit'}, {where}, "
          f"{time.strftime('%Y-%m-%d')}, medians of {arguments.rounds} interleaved rounds.")


def main():
    arguments = parse_arguments()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if arguments.connections > hard - 200:
        arguments.connections = hard - 200
        print(f"only {arguments.connections} connections: the limit on open files is {hard}")

    wanted = [arguments.only] if arguments.only else SECTIONS
    print_machine(arguments)
    with tempfile.TemporaryDirectory(prefix="rotacast-bench-") as directory:
        bench = Bench(arguments, directory)
        if "fanout" in wanted:
            print_fanout(bench.fanout(), arguments.subscribers)
        if "idle" in wanted:
            print_idle(bench.idle())
        if "stuck" in wanted and not arguments.peers_only:
            print_stuck(bench.stuck())
        if "bus" in wanted and not arguments.peers_only:
            bus.bus(bench)
        if "graphql" in wanted and not arguments.peers_only:
            graphql.graphql(bench)
        if "redis" in wanted and not arguments.peers_only:
            cluster.cluster(bench)
            cluster_flow.flow(bench)
        if "tls" in wanted and not arguments.peers_only:
            tls.tls(bench)
        for section in v1.SECTIONS:
            if section in wanted and not arguments.peers_only:
                v1.SECTIONS[section](bench)
        if arguments.json:
            arguments.json.write_text(json.dumps(bench.raw, indent=1))
        if bench.findings:
            raise RuntimeError("; ".join(bench.findings))


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, subprocess.TimeoutExpired) as failure:
        sys.exit(f"bench: {failure}")

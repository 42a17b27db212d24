"""Events through Redis (bench/README.md): what delivery costs beside SQLite, the original's way and
npm `ws` over Redis pub/sub, and what a second node adds.

Prints tables; a missing or duplicate delivery ends the run.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
from pathlib import Path

import servers
import users

# The most that a server is asked for: the others would take minutes.
BURSTS = {
    "rotacast, SQLite": [1, 16, 64, 365],
    "rotacast, Redis": [1, 16, 64, 365],
    "npm ws over Redis": [1, 16, 64],
    "the original's way": [1, 16],
}
BASE, AIMED = "rotacast, SQLite", "rotacast, Redis"
AIM = 1.2
NODES_AIM = 1.8
NODES_BURSTS = [1, 16, 64, 365]
# Of a core, for each node. The rest is enough for the load client and Redis, so that the nodes are
# what is short.
SHARE = 0.2
SHARE_SECONDS = 2
# A second node is not for a thousand people.
NODES_SUBSCRIBERS = 4
LIMIT_S = 180


def add_arguments(parser):
    group = parser.add_argument_group("several nodes over Redis")
    group.add_argument("--redis-rounds", type=int, default=3)
    group.add_argument("--redis-events", type=int, default=1_000_000, help="through one Redis")


class Cluster:
    """A Redis and, each with its own data and the same users, nodes that use it."""

    def __init__(self, bench, stack, count, core, name):
        self.bench = bench
        directory = bench.directory / name
        self.redis = stack.enter_context(servers.Redis(directory / "redis", core))
        self.homes = homes(bench, directory, count)
        self.nodes = []
        for home in self.homes:
            more = ["--redis-url", self.redis.url]
            self.nodes.append(stack.enter_context(serve(bench, home, core, more)))
            servers.wait_until_ready(self.nodes[-1])

    def load(self, mode, *more):
        """Drives all nodes; publishes on the first."""
        first, *others = self.nodes
        words = [*credentials(self.homes[0]), "--broker-pid", self.redis.pid, *more]
        if others:
            words += ["--more-ports", ",".join(str(node.port) for node in others)]
            words += ["--more-pids", ",".join(str(node.pid) for node in others)]
        return self.bench.load("rotacast", first, mode, True, *words, limit_s=LIMIT_S)


def homes(bench, directory, count):
    first = servers.RotacastHome(bench.arguments.binary, directory / "node-1")
    tokens = first.directory / "tokens"
    users.write_tokens(first, NODES_SUBSCRIBERS * bench.arguments.subscribers + 1, tokens)
    copies = []
    for number in range(2, count + 1):
        shutil.copytree(first.directory, directory / f"node-{number}")
        copies.append(servers.RotacastHome(bench.arguments.binary, directory / f"node-{number}"))
    return [first, *copies]


def serve(bench, home, core, more=()):
    extra = ["--handlers-enabled", "off", *bench.arguments.serve_args.split(), *more]
    return home.serve(core, extra)


def credentials(home):
    return ["--tokens", home.directory / "tokens", "--api-key-file", home.api_key_file]


def cluster(bench):
    print_versions()
    print_ways(ways(bench), bench.arguments)
    print_nodes(nodes(bench), bench.arguments)


def ways(bench):
    """Interleaved rounds; results[way][burst] is a list."""
    results = {way: {burst: [] for burst in bursts} for way, bursts in BURSTS.items()}
    core = bench.core(pinned=True)
    with contextlib.ExitStack() as stack:
        alone = homes(bench, bench.directory / "sqlite", 1)[0]
        sqlite = stack.enter_context(serve(bench, alone, core))
        node = Cluster(bench, stack, 1, core, "redis")
        broker = stack.enter_context(servers.Redis(bench.directory / "pubsub"))
        ws = stack.enter_context(servers.npm_ws(core, broker))
        python = stack.enter_context(servers.python_ws(broker, core))
        publisher = stack.enter_context(servers.python_publisher(broker))
        peer = ["--broker-pid", broker.pid, "--warm-up", 0]
        runs = {
            BASE: lambda *more: bench.load(
                "rotacast", sqlite, "fanout", True, *credentials(alone), *more
            ),
            AIMED: lambda *more: node.load("fanout", *more),
            "npm ws over Redis": lambda *more: bench.load(
                "peer", ws, "fanout", True, *more, *peer, limit_s=LIMIT_S
            ),
            "the original's way": lambda *more: bench.load(
                # fmt: off
                "peer", python, "fanout", True, *more, *peer, "--publish-port", publisher.port,
                limit_s=LIMIT_S,
                # fmt: on
            ),
        }
        for turn in range(bench.arguments.redis_rounds):
            for way in rotated(list(runs), turn):
                result = runs[way](*fanout_words(bench, BURSTS[way]))
                for burst in BURSTS[way]:
                    results[way][burst].append(result["bursts"][str(burst)])
    return results


def fanout_words(bench, bursts):
    words = ["--subscribers", bench.arguments.subscribers, "--repeats", 1000]
    words += ["--seconds", bench.arguments.seconds]
    return [*words, "--bursts", ",".join(map(str, bursts))]


def nodes(bench):
    """Interleaved rounds with one node and two, free and with a share of a core for each."""
    words = ["--subscribers", NODES_SUBSCRIBERS * bench.arguments.subscribers, "--repeats", 1000]
    words += ["--spin", 1]
    words += ["--seconds", bench.arguments.seconds, "--bursts", ",".join(map(str, NODES_BURSTS))]
    results = {}
    with contextlib.ExitStack() as stack:
        clusters = {n: Cluster(bench, stack, n, bench.core(True), f"of-{n}") for n in (1, 2)}
        for turn in range(bench.arguments.redis_rounds):
            for count in rotated([1, 2], turn):
                add(results, ("free", count), clusters[count].load("fanout", *words))
        if Share.available():
            for one in clusters.values():
                for node in one.nodes:
                    stack.enter_context(Share(node.pid, SHARE))
            for turn in range(bench.arguments.redis_rounds):
                for count in rotated([1, 2], turn):
                    result = clusters[count].load("fanout", *words, "--seconds", SHARE_SECONDS)
                    add(results, ("share", count), result)
    return results


def add(results, key, result):
    for burst in NODES_BURSTS:
        results.setdefault((*key, burst), []).append(result["bursts"][str(burst)])


class Share:
    """Gives a process at most `share` of a core (control group `cpu`, which needs root)."""

    ROOT = Path("/sys/fs/cgroup/cpu")
    PERIOD_US = 10_000

    def __init__(self, pid, share):
        self.path = self.ROOT / f"rotacast-bench-{pid}"
        self.path.mkdir()
        (self.path / "cpu.cfs_period_us").write_text(str(self.PERIOD_US))
        (self.path / "cpu.cfs_quota_us").write_text(str(int(self.PERIOD_US * share)))
        (self.path / "cgroup.procs").write_text(str(pid))

    @classmethod
    def available(cls):
        return (cls.ROOT / "cpu.shares").exists() and os.access(cls.ROOT, os.W_OK)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        (self.ROOT / "cgroup.procs").write_text((self.path / "cgroup.procs").read_text().strip())
        self.path.rmdir()


def rotated(names, turn):
    start = turn % len(names)
    return names[start:] + names[:start]


def middle(samples, key):
    return statistics.median(sample[key] for sample in samples)


def print_versions():
    def said(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    package = "import importlib.metadata as m; print(m.version('redis'), m.version('websockets'))"
    redis_py, websockets = said("/usr/bin/python3", "-c", package).split()
    python = said("/usr/bin/python3", "--version")
    ws, client = (
        said("node", "-p", f"require('{servers.ROOT}/bench/node_modules/{name}/package.json').version")
        for name in ("ws", "@redis/client")
    )
    print(f"\n{said('redis-server', '--version').split(' sha=')[0]}; {python}, redis-py {redis_py}, "
          f"websockets {websockets}; Node {said('node', '--version')}, ws {ws}, "
          f"@redis/client {client}")


def print_ways(results, arguments):
    print(f"\n### Through Redis: server CPU per delivery, {arguments.subscribers} subscribers, "
          "one core\n")
    print("| burst | server | frame bytes | µs per delivery | ratio to SQLite (rounds) | aim "
          "| Redis, µs per event | p50 ms | p99 ms |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for burst in BURSTS[BASE]:
        for way, by_burst in results.items():
            if burst in by_burst:
                print_way(burst, way, by_burst[burst], results[BASE][burst])


def print_way(burst, way, samples, base):
    cpu = middle(samples, "cpu_us_per_delivery")
    rounds = ratios(samples, base, "cpu_us_per_delivery")
    cells = [
        burst,
        way,
        samples[0]["frame_bytes"],
        f"{cpu:.3f}",
        f"**{statistics.median(rounds):.2f}** ({min(rounds):.2f}–{max(rounds):.2f})",
        f"≤ {AIM}" if way == AIMED and burst >= 16 else "",
        f"{middle(samples, 'broker_us_per_event'):.0f}" if way != BASE else "",
        f"{middle(samples, 'latency_p50_us') / 1000:.1f}",
        f"{middle(samples, 'latency_p99_us') / 1000:.1f}",
    ]
    print("| " + " | ".join(map(str, cells)) + " |")


def ratios(samples, base, key):
    return [mine[key] / other[key] for mine, other in zip(samples, base)]


def print_nodes(results, arguments):
    count = NODES_SUBSCRIBERS * arguments.subscribers
    print(f"\n### Two nodes over one Redis, {count} subscribers in all\n")
    print("| burst | µs per delivery, one node | two nodes | 2 × one / two (rounds) | aim "
          "| deliveries per second, one node with a share | two | two / one (rounds) | aim |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for burst in NODES_BURSTS:
        one, two = results["free", 1, burst], results["free", 2, burst]
        gain = [2 * ratio for ratio in ratios(one, two, "cpu_us_per_delivery")]
        cells = [
            burst,
            f"{middle(one, 'cpu_us_per_delivery'):.3f}",
            f"{middle(two, 'cpu_us_per_delivery'):.3f}",
            spread(gain),
            f"≥ {NODES_AIM}",
            *share_cells(results, burst),
        ]
        print("| " + " | ".join(map(str, cells)) + " |")
    if ("share", 1, 1) not in results:
        print("\nThe second half needs root and a control group `cpu`.")


def share_cells(results, burst):
    if ("share", 1, burst) not in results:
        return ["", "", "", ""]
    rates = {
        count: [s["deliveries"] / s["wall_s"] for s in results["share", count, burst]]
        for count in (1, 2)
    }
    gain = [two / one for one, two in zip(rates[1], rates[2])]
    medians = [f"{statistics.median(rates[count]):,.0f}" for count in (1, 2)]
    return [*medians, spread(gain), f"≥ {NODES_AIM}"]


def spread(values):
    return f"**{statistics.median(values):.2f}** ({min(values):.2f}–{max(values):.2f})"

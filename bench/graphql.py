"""GraphQL fan-out (bench/README.md): the same events to subscribers of tier 1 and of tier 3
on one server, and to subscribers of npm `graphql-ws`.

Prints a table; a missing or duplicate delivery ends the run.
"""

import contextlib
import statistics

import servers

BURSTS = [1, 16, 64]
AIM = 1.3
LIMIT_S = 120
BASE = "tier 1, `/ws`"
# Rows of the table: the server, and how many different selections its subscribers have.
WAYS = {
    BASE: ("rotacast", None),
    "GraphQL, one selection": ("rotacast", 1),
    "GraphQL, each its own": ("rotacast", "all"),
    "npm graphql-ws, one selection": ("peer", 1),
    "npm graphql-ws, each its own": ("peer", "all"),
}
AIMED = "GraphQL, one selection"


def graphql(bench):
    results = {way: {burst: [] for burst in BURSTS} for way in WAYS}
    with contextlib.ExitStack() as stack:
        core = bench.core(pinned=True)
        running = {
            "rotacast": stack.enter_context(bench.start("rotacast")),
            "peer": stack.enter_context(servers.npm_graphql_ws(core)),
        }
        # All measurements use the same event: one whose message on tier 1 has the required size.
        # fmt: off
        probe = bench.load(
            "rotacast", running["rotacast"], "fanout", True, "--subscribers", 1, "--bursts", 1,
            "--repeats", 1,
        )
        # fmt: on
        for turn in range(bench.arguments.rounds):
            for way in rotated(list(WAYS), turn):
                measure(bench, way, running, probe["padding"], results[way])
    print_results(results, bench.arguments.subscribers)


def rotated(ways, turn):
    start = turn % len(ways)
    return ways[start:] + ways[:start]


def measure(bench, way, running, padding, into):
    server, selections = WAYS[way]
    subscribers = bench.arguments.subscribers
    more = ["--subscribers", subscribers, "--repeats", 1000, "--padding", padding]
    more += ["--seconds", bench.arguments.seconds, "--bursts", ",".join(map(str, BURSTS))]
    if selections:
        more += ["--selections", subscribers if selections == "all" else selections]
    mode = "graphql" if selections else "fanout"
    result = bench.load(server, running[server], mode, True, *more, limit_s=LIMIT_S)
    for burst in BURSTS:
        into[burst].append(result["bursts"][str(burst)])


def print_results(results, subscribers):
    print(f"\n### GraphQL: server CPU per delivery, {subscribers} subscriptions, one core\n")
    print("| burst | subscribers | frame bytes | µs per delivery | ratio to tier 1 (rounds) | aim "
          "| p50 ms | p99 ms |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for burst in BURSTS:
        for way, by_burst in results.items():
            print_row(burst, way, by_burst[burst], results[BASE][burst])


def print_row(burst, way, samples, base):
    cpu = statistics.median(cost(sample) for sample in samples)
    ratio = cpu / statistics.median(cost(sample) for sample in base)
    rounds = [cost(mine) / cost(other) for mine, other in zip(samples, base)]
    cells = [
        burst,
        way,
        samples[0]["frame_bytes"],
        f"{cpu:.3f}",
        f"**{ratio:.2f}** ({min(rounds):.2f}–{max(rounds):.2f})",
        f"≤ {AIM}" if way == AIMED else "",
        f"{milliseconds(samples, 'latency_p50_us'):.1f}",
        f"{milliseconds(samples, 'latency_p99_us'):.1f}",
    ]
    print("| " + " | ".join(map(str, cells)) + " |")


def cost(sample):
    return sample["cpu_us_per_delivery"]


def milliseconds(samples, key):
    return statistics.median(sample[key] for sample in samples) / 1000

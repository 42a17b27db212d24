"""The measurements of the bus: flow and failing (bench/README.md).

Each runs `bench_bus`, a process with an embedded server, prints a table and adds the errors
that it found to `bench.findings`.
"""

import json
import statistics
import subprocess
import tempfile
from pathlib import Path

EVENTS, HANDLERS = 100_000, 10
P99_AIM = 1.05
EVENTS_PER_SECOND = 100
ALLOWANCE_S = 120


def add_arguments(parser):
    group = parser.add_argument_group("the bus")
    group.add_argument("--bus", type=Path, help="default: bench_bus below build/release")
    group.add_argument("--bus-seconds", type=float, default=60, help="of one turn")
    group.add_argument("--bus-rounds", type=int, default=3, help="turns of each kind")


def measure(bench, *words, limit_s):
    with tempfile.TemporaryDirectory(prefix="rotacast-bus-", dir=bench.directory) as folder:
        command = [bench.arguments.bus, words[0], folder, *words[1:]]
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, timeout=limit_s
        )
    if done.returncode != 0:
        raise RuntimeError(f"bench_bus {words[0]}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    if result["findings"]:
        bench.findings.append(f"bus: {result['findings']}")
    bench.raw.append({"mode": words[0], **result})
    return result


def bus(bench):
    flow(bench)
    failing(bench)


def flow(bench):
    result = measure(bench, "flow", EVENTS, HANDLERS, limit_s=600 + ALLOWANCE_S)
    deliveries = result["events"] * result["handlers"]
    print(f"\n### Bus: {result['events']} events through {result['handlers']} handlers\n")
    print("| what | figure |\n|---|---:|")
    print(f"| events published per second | {result['events'] / result['published_s']:,.0f} |")
    print(f"| deliveries handled per second | **{deliveries / result['done_s']:,.0f}** |")
    print(f"| until the slowest handler was done | {result['done_s']:.1f} s |")
    for part in (10, 50, 100):
        print(f"| RSS when it had done {part} % | {result[f'rss_bytes_{part}'] / 1e6:.1f} MB |")
    growth = result["rss_bytes_100"] / result["rss_bytes_10"]
    print(f"| from 10 % to 100 % (aim: flat) | **{growth:.2f} ×** |")


def failing(bench):
    """Interleaved runs with and without the failing handler; the order alternates each round."""
    seconds = bench.arguments.bus_seconds
    samples = {"quiet": [], "failing": []}
    for turn in range(bench.arguments.bus_rounds):
        for kind in ("quiet", "failing") if turn % 2 == 0 else ("failing", "quiet"):
            result = measure(
                bench, "turn", seconds, EVENTS_PER_SECOND, kind, limit_s=seconds + ALLOWANCE_S
            )
            samples[kind].append(result)
    print(f"\n### Bus: one of {HANDLERS} handlers fails for {seconds:.0f} s, {EVENTS_PER_SECOND} "
          "events per second\n")
    print("| run | failed attempts | publish p50 ms | publish p99 ms (turns) "
          "| another handler had it, p50 ms | p99 ms |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind, results in samples.items():
        turns = ", ".join(f"{result['publish_p99_ms']:.2f}" for result in results)
        cells = [
            "one fails" if kind == "failing" else "none fails",
            sum(result["failed_attempts"] for result in results),
            f"{middle(results, 'publish_p50_ms'):.2f}",
            f"**{middle(results, 'publish_p99_ms'):.2f}** ({turns})",
            f"{middle(results, 'handled_p50_ms'):.2f}",
            f"{middle(results, 'handled_p99_ms'):.2f}",
        ]
        print("| " + " | ".join(map(str, cells)) + " |")
    p99 = {kind: middle(results, "publish_p99_ms") for kind, results in samples.items()}
    ratio = p99["failing"] / p99["quiet"]
    print(f"\nPublish p99 while it fails: **{ratio:.2f} ×** that without (aim ≤ {P99_AIM}).")


def middle(results, key):
    return statistics.median(result[key] for result in results if key in result)

"""The section tls: fan-out, idle connections and handshakes over TLS (bench/README.md).

Beside Rotacast: the limit (OpenSSL and the kernel alone), npm ws over TLS, and what people often
take instead: nginx, which ends TLS, before a Rotacast without.
"""

import contextlib
import shutil
import statistics
import subprocess

import servers

BURSTS = [1, 16, 64, 365]
LIMIT_AIM = 1.15
IDLE_AIM_BYTES = 12 * 1024


def add_arguments(parser):
    group = parser.add_argument_group("tls")
    group.add_argument("--tls-connections", type=int, default=2000, help="idle, of each server")
    group.add_argument("--tls-handshakes", type=int, default=1000, help="of each kind and round")


class Pair:
    """A certificate for 127.0.0.1 and its key: P-256, as a hospital's authority would issue."""

    def __init__(self, directory):
        self.certificate, self.key = directory / "certificate.pem", directory / "key.pem"
        # fmt: off
        command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out", self.certificate,
        ]
        # fmt: on
        subprocess.run(command, check=True, capture_output=True)


class Contest:
    """The servers, and the processes whose CPU is theirs."""

    def __init__(self, bench, stack):
        self.bench = bench
        self.pair = Pair(bench.directory)
        self._stack = stack
        self.running = {}

    def start(self, pinned):
        core = self.bench.core(pinned)
        self._add("limit", servers.bare_send(self.bench.arguments.bare_send, core, tls=self.pair))
        # fmt: off
        self._add("rotacast", self._rotacast("over-tls", core, [
            "--tls-certificate-file", self.pair.certificate, "--tls-key-file", self.pair.key,
        ]))
        # fmt: on
        self._add("npm ws", servers.npm_ws(core, tls=self.pair))
        if shutil.which("nginx"):
            behind = self._stack.enter_context(self._rotacast("behind-nginx", core, ["--trusted-proxies", "127.0.0.1"]))
            front = servers.NginxBefore(behind, self.pair, self.bench.directory / "nginx", core)
            front.behind = behind
            self._add("nginx, rotacast", front)

    def _rotacast(self, name, core, more=()):
        """With a copy of the database: two servers do not share one."""
        directory = self.bench.directory / name
        if not directory.exists():
            shutil.copytree(self.bench.home.directory, directory)
        home = servers.RotacastHome(self.bench.arguments.binary, directory)
        return home.serve(core, ["--handlers-enabled", "off", *more])

    def _add(self, name, server):
        self.running[name] = self._stack.enter_context(server)

    def load(self, name, mode, tls, pinned, *more):
        server = self.running[name]
        behind = getattr(server, "behind", None)
        if behind:
            more = [*more, "--more-pids", behind.pid]
        target = "rotacast" if "rotacast" in name else name
        return self.bench.load(target, server, mode, pinned, "--tls", tls, *more)


def tls(bench):
    arguments = bench.arguments
    with contextlib.ExitStack() as stack:
        contest = Contest(bench, stack)
        contest.start(pinned=True)
        fanout = rounds_of(contest, arguments, fanout_round)
        handshakes = rounds_of(contest, arguments, handshake_round)
    print_fanout(fanout, arguments)
    print_handshakes(handshakes)
    with contextlib.ExitStack() as stack:
        contest = Contest(bench, stack)
        contest.start(pinned=False)
        results = {name: idle_round(contest, name, arguments) for name in contest.running}
        plain_server = stack.enter_context(bench.start("rotacast", pinned=False))
        more = ["--subscribers", arguments.tls_connections]
        plain = bench.load("rotacast", plain_server, "idle", False, *more)
    print_idle(results, plain, arguments)


def rounds_of(contest, arguments, measure):
    """Interleaved; results[name] is a list of the rounds' reports."""
    results = {name: [] for name in contest.running}
    names = list(results)
    for turn in range(arguments.rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            results[name].append(measure(contest, name, arguments))
    return results


def fanout_round(contest, name, arguments):
    # fmt: off
    return contest.load(
        name, "fanout", "full", True, "--subscribers", arguments.subscribers, "--repeats", 1000,
        "--seconds", arguments.seconds, "--bursts", ",".join(map(str, BURSTS)),
        "--warm-up", 0 if name == "npm ws" else 1,
    )["bursts"]
    # fmt: on


def handshake_round(contest, name, arguments):
    more = ["--subscribers", arguments.tls_handshakes]
    return {
        kind: contest.load(name, "handshakes", kind, True, *more) for kind in ("full", "resumed")
    }


def idle_round(contest, name, arguments):
    more = ["--subscribers", arguments.tls_connections]
    return contest.load(name, "idle", "full", False, *more)


def print_fanout(results, arguments):
    print(f"\n### Over TLS: server CPU per delivery, {arguments.subscribers} subscribers, one core\n")
    print("| burst | server | µs per delivery | ratio to the limit (rounds) | aim | p50 ms | p99 ms |")
    print("|---:|---|---:|---:|---:|---:|---:|")
    for burst in map(str, BURSTS):
        limit = [sample[burst]["cpu_us_per_delivery"] for sample in results["limit"]]
        for name, samples in results.items():
            mine = [sample[burst]["cpu_us_per_delivery"] for sample in samples]
            ratios = [one / base for one, base in zip(mine, limit)]
            latency = [
                f"{statistics.median(s[burst][f'latency_{q}_us'] for s in samples) / 1000:.1f}"
                for q in ("p50", "p99")
            ]
            print(f"| {burst} | {name} | {statistics.median(mine):.3f} "
                  f"| **{statistics.median(ratios):.2f}** ({min(ratios):.2f}–{max(ratios):.2f}) "
                  f"| {f'≤ {LIMIT_AIM}' if name == 'rotacast' else ''} | {' | '.join(latency)} |")


def print_handshakes(results):
    print("\n### Over TLS: server CPU per new connection, µs\n")
    print("| server | full handshake | with the ticket of the last one | of these resumed |")
    print("|---|---:|---:|---:|")
    for name, samples in results.items():
        cells = [
            f"{statistics.median(s[kind]['cpu_us_per_connection'] for s in samples):.0f}"
            for kind in ("full", "resumed")
        ]
        last = samples[-1]["resumed"]
        print(f"| {name} | {' | '.join(cells)} | {100 * last['resumed'] / last['connections']:.0f} % |")


def print_idle(results, plain, arguments):
    base = plain["rss_bytes_per_connection"]
    print(f"\n### Over TLS: memory of {arguments.tls_connections} idle connections, "
          "two subscriptions each\n")
    print("| server | bytes per connection | beyond Rotacast without TLS | aim | connected in s |")
    print("|---|---:|---:|---:|---:|")
    for name, result in {**results, "rotacast without TLS": plain}.items():
        mine = result["rss_bytes_per_connection"]
        print(f"| {name} | **{mine:.0f}** | {mine - base:.0f} "
              f"| {f'≤ {IDLE_AIM_BYTES}' if name == 'rotacast' else ''} "
              f"| {result['connect_s']:.1f} |")

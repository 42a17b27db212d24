"""How much memory grows while something is done: of processes, of Redis, and of the kernel."""

import re
import threading
from pathlib import Path

PAGE = 4096
INTERVAL_S = 0.1


class Growth:
    """Watches numbers that grow; `of` has by how much each was above its begin at most."""

    def __init__(self, **probes):
        self._probes = probes
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.of = dict.fromkeys(probes, 0)

    def __enter__(self):
        self._before = {name: probe() for name, probe in self._probes.items()}
        self._thread.start()
        return self

    def _watch(self):
        while not self._done.wait(INTERVAL_S):
            for name, probe in self._probes.items():
                self.of[name] = max(self.of[name], probe() - self._before[name])

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()


def rss_bytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


def slab_bytes():
    """All objects of the kernel, in whole pages. On loopback, both ends of a connection count."""
    meminfo = Path("/proc/meminfo").read_text()
    return int(re.search(r"^Slab:\s+(\d+) kB", meminfo, re.MULTILINE).group(1)) * 1024


def queued_bytes():
    """What TCP sockets have queued."""
    sockstat = Path("/proc/net/sockstat").read_text()
    return int(re.search(r"^TCP:.* mem (\d+)", sockstat, re.MULTILINE).group(1)) * PAGE

"""A running client, of which the test sees what it prints."""

import queue
import subprocess
import tempfile
import threading

from rotacast_server import PATIENCE, clean_environment


class Process:
    def __init__(self, command, **environment):
        self._errors = tempfile.TemporaryFile()
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors,
            env={**clean_environment(), **environment},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.decode("utf-8").removesuffix("\n"))
        self._lines.put(None)

    def line(self):
        """What the client prints next; None once it has ended."""
        try:
            return self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"the client prints nothing more; {self._complaint()}") from None

    def assert_ended(self):
        """The client has printed everything and ends by itself, as a success."""
        last = self.line()
        assert last is None, f"the client printed one more line: {last}"
        status = self._process.wait(PATIENCE)
        assert status == 0, f"the client ended with {status}; {self._complaint()}"

    def stop(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        self._errors.close()

    def _complaint(self):
        self._errors.seek(0)
        return "stderr: " + (self._errors.read().decode("utf-8", "replace") or "nothing")

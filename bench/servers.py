"""Starts the servers that are measured, each on a free loopback port, and stops them.

A server is ready when it prints `listening on http://HOST:PORT` or https. Leaving the context stops it.
"""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import string
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
START_LIMIT_S = 20


class Server:
    """A child process that serves on `port`; `core` pins it to one core, None leaves it free."""

    def __init__(self, command, core=None, log=None):
        pin = ["taskset", "-c", str(core)] if core is not None else []
        self.log = open(log, "ab") if log else None
        self.process = subprocess.Popen(
            pin + [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log or subprocess.DEVNULL,
            text=True,
        )
        self.pid = self.process.pid
        try:
            self.port = self._wait_for_port()
        except BaseException:
            self.kill()
            raise
        # Keep reading, so that later output does not block on a full pipe.
        threading.Thread(target=self._drain, daemon=True).start()

    def _wait_for_port(self):
        watchdog = threading.Timer(START_LIMIT_S, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                found = re.search(r"listening on https?://[^\s/]*:(\d+)", line)
                if found:
                    return int(found.group(1))
        finally:
            watchdog.cancel()
        raise RuntimeError(f"{self.process.args[-1]}: the server ended before it was listening")

    def _drain(self):
        for _ in self.process.stdout:
            pass

    def kill(self):
        """SIGKILL: no clean-up code of the process runs."""
        self.process.kill()
        self.process.wait()
        self._close_log()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._close_log()

    def _close_log(self):
        if self.log:
            self.log.close()
            self.log = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self._close_log()


class RotacastHome:
    """Data of a Rotacast server: database, secret, one administrator, one API key."""

    USER = "bench"

    def __init__(self, binary, directory):
        self.binary = Path(binary).resolve()
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.database = self.directory / "rotacast.db"
        self.secret_file = self.directory / "jwt.secret"
        self.api_key_file = self.directory / "api.key"
        self.log = self.directory / "server.log"
        if not self.secret_file.exists():
            self._write_private(self.secret_file, secrets.token_hex(32))
            password = self.directory / "password"
            self._write_private(password, secrets.token_urlsafe(24) + "aA1!")
            self.run("user", "add", self.USER, "--role", "admin", "--password-file", password)
            self._write_private(self.api_key_file, self.run("key", "add", self.USER).strip())

    @staticmethod
    def _write_private(path, text):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def run(self, *words):
        """Runs one command of the CLI on this database; returns its standard output."""
        command = [self.binary, *words, "--database", self.database]
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=60
        )
        if done.returncode != 0:
            raise RuntimeError(f"rotacast {words[0]} {words[1]} failed: {done.stderr.strip()}")
        return done.stdout

    @property
    def api_key(self):
        return self.api_key_file.read_text()

    def token(self):
        return self.run(
            "token", self.USER, "--ttl", "3600", "--jwt-secret-file", self.secret_file
        ).strip()

    def serve(self, core=None, extra=(), port=0):
        # fmt: off
        command = [
            self.binary, "serve", "--listen", f"127.0.0.1:{port}", "--database", self.database,
            "--jwt-secret-file", self.secret_file, "--policy", "open", *extra,
        ]
        # fmt: on
        return Server(command, core, self.log)

    def tail(self):
        """Every entry of the journal, oldest first."""
        text = self.run("tail", "--from-start", "--until-end", "--json")
        return [json.loads(line) for line in text.splitlines() if line]


def wait_until_ready(server, status="ready"):
    """Waits until a node takes part in the common order, or says `status`."""
    for _ in range(100 * START_LIMIT_S):
        with contextlib.suppress(urllib.error.URLError):
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health/ready") as answer:
                if json.load(answer)["status"] == status:
                    return
        time.sleep(0.01)
    raise RuntimeError(f"a node was not {status} within {START_LIMIT_S} s")


class Redis:
    """A Redis of its own, empty, with an append-only file that is synchronised each second."""

    def __init__(self, directory, core=None):
        Path(directory).mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        pin = ["taskset", "-c", str(core)] if core is not None else []
        # fmt: off
        self._command = [
            *pin, "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir",
            str(directory), "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
        ]
        # fmt: on
        self.start()

    def start(self):
        """Starts it with what it had when it was stopped; returns when it answers."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        for _ in range(100 * START_LIMIT_S):
            with contextlib.suppress(RuntimeError):
                if self.command("PING") == "PONG":
                    return
            time.sleep(0.01)
        self.stop()
        raise RuntimeError("redis-server does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=START_LIMIT_S)

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self, *words):
        """The answer as redis-cli prints it."""
        command = ["redis-cli", "-e", "-p", self.port, *words]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"redis-cli {words[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    def info(self, name):
        lines = self.command("INFO", "everything").splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)[name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bare_send(binary, core=None, pages=False, tls=None):
    more = ["--pages"] if pages else ["--tls", tls.certificate, tls.key] if tls else []
    return Server([Path(binary).resolve(), *more], core)


def npm_ws(core=None, redis=None, tls=None):
    more = ["--tls", tls.certificate, tls.key] if tls else at(redis)
    return Server(["node", "--expose-gc", PEERS / "ws_server.mjs", *more], core)


class NginxBefore(Server):
    """nginx in one process, which ends TLS before `behind`; its files are in `directory`."""

    def __init__(self, behind, pair, directory, core=None):
        directory.mkdir(parents=True, exist_ok=True)
        self._port = free_port()
        file = directory / "nginx.conf"
        template = (PEERS / "nginx.conf").read_text()
        words = {"directory": directory, "port": self._port, "behind": behind.port}
        words |= {"certificate": pair.certificate, "key": pair.key}
        file.write_text(string.Template(template).safe_substitute(words))
        super().__init__(["nginx", "-c", file], core)

    def _wait_for_port(self):
        for _ in range(100 * START_LIMIT_S):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                return self._port
            time.sleep(0.01)
        raise RuntimeError("nginx does not listen")


def python_ws(redis, core=None):
    return Server(["/usr/bin/python3", PEERS / "python_server.py", *at(redis)], core)


def python_publisher(redis):
    return Server(["/usr/bin/python3", PEERS / "python_publisher.py", *at(redis)])


def at(redis):
    return [redis.port] if redis else []


def npm_graphql_ws(core=None):
    return Server(["node", PEERS / "graphql_server.mjs"], core)

"""A server under test in a folder of its own, for the Python suite."""

import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid

PATIENCE = 20.0  # timeout in seconds for anything that must happen, on the slowest build
PASSWORD = "correct horse battery staple"


def binary():
    given = os.environ.get("ROTACAST_BIN")
    if not given:
        raise RuntimeError("set ROTACAST_BIN to the rotacast binary (tests/integration/run.sh does)")
    return os.path.abspath(given)


def clean_environment():
    """Every setting is also a ROTACAST_ variable: the caller's must not reach the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ROTACAST_")}


def flags_of(settings):
    return [word for key, value in settings.items()
            for word in ("--" + re.sub("[._]", "-", key), str(value))]


class User:
    def __init__(self, name, role):
        self.name = name
        self.role = role
        self.id = str(uuid.uuid4())
        self.person_id = str(uuid.uuid4())


class Server:
    def __init__(self, users, policy="strict", settings=None):
        """`settings` by their keys: {"websocket.ping_interval_s": 1}."""
        self.folder = tempfile.mkdtemp(prefix="rotacast-it-")
        self.policy = policy
        self.settings = settings or {}
        self.process = None
        self.users = {}
        self.tokens = {}
        try:
            self._write("secret", secrets.token_hex(32) + "\n")
            self._write("password", PASSWORD + "\n")
            for name, role in users.items():
                self.add_user(name, role)
            self.api_key = self._cli("key", "add", "suite").strip()
            self._start()
        except BaseException:
            self.stop()
            raise

    def _file(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, text):
        with open(self._file(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self._file(name), 0o600)

    def _cli(self, *arguments):
        command = [binary(), *arguments, "--database", self._file("rotacast.db")]
        done = subprocess.run(
            command, cwd=self.folder, env=clean_environment(), timeout=PATIENCE,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"rotacast {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def _start(self):
        self.process = subprocess.Popen(
            [binary(), "serve", "--listen", "127.0.0.1:0", "--database", self._file("rotacast.db"),
             "--jwt-secret-file", self._file("secret"), "--policy", self.policy,
             *flags_of(self.settings)],
            cwd=self.folder, env=clean_environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if line.startswith("listening on http://"):
                    self.url = line.split()[-1].rstrip("/")
                    break
            else:
                raise RuntimeError("the server ended before it was ready")
        finally:
            watchdog.cancel()
        # Keep reading, so that later output does not block on a full pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def add_user(self, name, role):
        user = User(name, role)
        self._cli("user", "add", name, "--role", role, "--password-file", self._file("password"),
                  "--id", user.id, "--person-id", user.person_id)
        self.users[name] = user
        return user

    def new_token(self, name):
        return self._cli("token", name, "--jwt-secret-file", self._file("secret")).strip()

    def token(self, name):
        """One token per user, created on first use."""
        if name not in self.tokens:
            self.tokens[name] = self.new_token(name)
        return self.tokens[name]

    def revoke(self, token):
        status, answer = self.post("/api/auth/logout", {}, Authorization=f"Bearer {token}")
        if not 200 <= status < 300:
            raise AssertionError(f"the logout was answered {status}: {answer}")

    @property
    def address(self):
        """(host, port)"""
        parts = urllib.parse.urlsplit(self.url)
        return parts.hostname, parts.port

    def socket_url(self, route="/ws", **query):
        url = self.url.replace("http", "ws", 1) + route
        return url + "?" + urllib.parse.urlencode(query) if query else url

    def post(self, route, content, **headers):
        """Returns (status, decoded body)."""
        request = urllib.request.Request(
            self.url + route, data=json.dumps(content).encode("utf-8"), method="POST",
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def broadcast(self, kind, fields):
        """Publishes one client event with the key; it must be accepted."""
        status, answer = self.post(f"/api/v1/broadcast/{kind}", fields, **{"X-API-Key": self.api_key})
        if status != 200:
            raise AssertionError(f"{kind} was answered {status}: {answer}")
        return answer

    def terminate(self):
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        if self.process is not None:
            self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

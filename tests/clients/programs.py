"""The clients under test: how each is built and started, and what its library can do."""

import os
import shutil
import subprocess
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD_SECONDS = 300

C = ("cc", "-std=gnu11", "-Wall", "-Wextra")
CXX = ("c++", "-std=c++17", "-fPIC", "-Wall", "-Wextra")
JAVA = ("javac", "-encoding", "UTF-8")


@dataclass(frozen=True)
class Program:
    """Either it has an interpreter, or a compiler and, for C and C++, a library that pkg-config knows."""

    name: str
    protocol: str  # websocket or stream
    source: str
    package: str  # of Debian 12
    light: bool = True  # the package is small enough for ./test
    deflate: bool = False  # offers permessage-deflate, and understands compressed messages
    notices_loss: bool = True  # always, when a connection ends without a close frame
    interpreter: str = ""
    compiler: tuple = ()
    library: str = ""

    def is_installed(self):
        if self.library:
            return subprocess.run(["pkg-config", "--exists", self.library], check=False).returncode == 0
        return shutil.which(self.interpreter or self.compiler[0]) is not None

    def build(self, folder):
        """Compiles into the folder what has to be compiled; returns the command that starts it."""
        source = os.path.join(HERE, self.source)
        if self.interpreter:
            return [self.interpreter, source]
        if self.compiler == JAVA:
            run([*JAVA, "-d", folder, source])
            return ["java", "-cp", folder, os.path.splitext(self.source)[0]]
        binary = os.path.join(folder, self.name)
        flags = run(["pkg-config", "--cflags", "--libs", self.library]).split()
        run([*self.compiler, source, "-o", binary, *flags])
        return [binary]


def run(command):
    done = subprocess.run(
        command, timeout=BUILD_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


PROGRAMS = [
    Program("aiohttp", "websocket", "aiohttp_client.py", "python3-aiohttp", deflate=True,
            interpreter="/usr/bin/python3"),
    Program("websocket_client", "websocket", "websocket_client.py", "python3-websocket",
            interpreter="/usr/bin/python3"),
    Program("mojolicious", "websocket", "mojolicious_client.pl", "libmojolicious-perl",
            interpreter="/usr/bin/perl"),
    Program("faye", "websocket", "faye_client.rb", "ruby-faye-websocket", interpreter="/usr/bin/ruby"),
    Program("libwebsockets", "websocket", "libwebsockets_client.c", "libwebsockets-dev",
            compiler=C, library="libwebsockets"),
    Program("libsoup", "websocket", "libsoup_client.c", "libsoup-3.0-dev", light=False, deflate=True,
            compiler=C, library="libsoup-3.0"),
    Program("qt", "websocket", "qt_client.cpp", "qt6-websockets-dev", light=False,
            compiler=CXX, library="Qt6WebSockets"),
    Program("java", "websocket", "JavaNetHttpClient.java", "openjdk-17-jdk-headless", light=False,
            notices_loss=False, compiler=JAVA),
    Program("curl", "stream", "curl_stream.sh", "curl", interpreter="/bin/sh"),
    Program("requests", "stream", "requests_stream.py", "python3-requests", interpreter="/usr/bin/python3"),
    Program("httpx", "stream", "httpx_stream.py", "python3-httpx", interpreter="/usr/bin/python3"),
    Program("java_stream", "stream", "JavaNetHttpStream.java", "openjdk-17-jdk-headless", light=False,
            compiler=JAVA),
]

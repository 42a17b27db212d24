#!/usr/bin/env python3
"""Clients of other ecosystems, each a small program with its library as Debian has it (docs/clients.md).

    ROTACAST_BIN=BINARY run.py [--all] [NAME...]

Without arguments those run whose packages are small; --all adds the others that are installed."""

import argparse
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration", "support"))

from programs import PROGRAMS  # noqa: E402
from stream_tests import StreamTests  # noqa: E402
from websocket_tests import LossTests, WebsocketTests  # noqa: E402


def tests_of(program):
    if program.protocol == "stream":
        return StreamTests
    return LossTests if program.notices_loss else WebsocketTests


def chosen(names, everything):
    known = {program.name: program for program in PROGRAMS}
    if unknown := set(names) - set(known):
        sys.exit(f"no such client: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if names:
        return [known[name] for name in names]
    programs = [each for each in PROGRAMS if each.light or (everything and each.is_installed())]
    if everything:
        for left_out in set(PROGRAMS) - set(programs):
            print(f"left out: {left_out.name} (apt-get install {left_out.package})", flush=True)
    return programs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also those with large packages")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these clients")
    arguments = parser.parse_args()
    suite = unittest.TestSuite()
    for program in chosen(arguments.names, arguments.all):
        # The class is named after the client, so that the output names it, too.
        tests = type(program.name, (tests_of(program),), {"program": program})
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(tests))
    passed = unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()

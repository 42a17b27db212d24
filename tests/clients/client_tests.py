"""The tests of one client: its program is built once, and a server runs for all of its tests."""

import shutil
import tempfile
import unittest

from rotacast_server import Server


class ClientTests(unittest.TestCase):
    program = None  # set by a class of its own for each client
    settings = None  # of the server

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="rotacast-client-")
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.command = cls.program.build(folder)
        cls.server = Server({"ada": "coordinator"}, settings=cls.settings)
        cls.addClassCleanup(cls.server.stop)

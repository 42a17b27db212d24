"""rotacast.v1 with Python's websocket-client: watches a schedule and prints every message of the
server, one JSON text per line. URL, TOKEN and SCHEDULE come from the environment."""

import json
import os
import sys

import websocket


def say(text):
    print(text, flush=True)


def on_open(app):
    say(json.dumps({"opened": app.sock.subprotocol, "library": f"websocket-client {websocket.__version__}"}))
    app.send(json.dumps({"action": "subscribe", "id": "watch", "schedules": [os.environ["SCHEDULE"]]}))


def on_message(app, text):
    say(text)
    if json.loads(text)["event_type"] == "schedule_updated":
        app.send(json.dumps({"action": "ping", "id": "seen"}))


def on_error(app, error):
    print(error, file=sys.stderr)


def on_close(app, code, reason):
    # None if the connection was lost.
    say(json.dumps({"closed": code or 1006, "reason": reason or ""}))


websocket.WebSocketApp(
    os.environ["URL"],
    subprotocols=["rotacast.v1"],
    header=[f"Authorization: Bearer {os.environ['TOKEN']}"],
    on_open=on_open,
    on_message=on_message,
    on_error=on_error,
    on_close=on_close,
).run_forever()

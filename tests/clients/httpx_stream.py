"""Server-sent events with Python's httpx: prints the lines of the stream at URL. TOKEN and, to resume,
LAST_EVENT_ID come from the environment."""

import os

import httpx

headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {os.environ['TOKEN']}"}
if cursor := os.environ.get("LAST_EVENT_ID"):
    headers["Last-Event-ID"] = cursor
# By default httpx gives up after 5 seconds without a byte; comments come less often.
with httpx.stream("GET", os.environ["URL"], headers=headers, timeout=60) as response:
    response.raise_for_status()
    for line in response.iter_lines():
        print(line.rstrip("\n"), flush=True)

"""Server-sent events with Python's requests: prints the lines of the stream at URL. TOKEN and, to
resume, LAST_EVENT_ID come from the environment."""

import os

import requests

headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {os.environ['TOKEN']}"}
if cursor := os.environ["LAST_EVENT_ID"]:
    headers["Last-Event-ID"] = cursor
with requests.get(os.environ["URL"], headers=headers, stream=True, timeout=60) as response:
    response.raise_for_status()
    # With the default, 512, an event is shown only once so many bytes have arrived. Lines of bytes,
    # because decode_unicode would take the stream for ISO 8859-1 and end lines also at U+2028.
    for line in response.iter_lines(chunk_size=1):
        print(line.decode("utf-8"), flush=True)

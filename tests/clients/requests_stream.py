"""Server-sent events with Python's requests: prints the lines of the stream at URL. TOKEN and, to
resume, LAST_EVENT_ID come from the environment."""

import os

import requests

headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {os.environ['TOKEN']}"}
if cursor := os.environ.get("LAST_EVENT_ID"):
    headers["Last-Event-ID"] = cursor
with requests.get(os.environ["URL"], headers=headers, stream=True, timeout=60) as response:
    response.raise_for_status()
    # iter_lines() shows nothing before 512 more bytes have arrived, and with chunk_size=1 it copies
    # what it has of a line for each byte. Its decode_unicode would read ISO 8859-1.
    line = bytearray()
    for byte in response.iter_content(chunk_size=1):
        if byte == b"\n":
            print(line.decode("utf-8"), flush=True)
            line.clear()
        else:
            line += byte

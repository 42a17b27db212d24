#!/bin/sh
# Server-sent events with curl: prints the lines of the stream at URL. TOKEN and, to resume, LAST_EVENT_ID
# come from the environment.
set -eu
# The headers are read from standard input, because other users may see a program's arguments. Without
# a value, curl does not send a header.
exec curl --config - --fail --silent --show-error --no-buffer "$URL" <<CONFIG
header = "Accept: text/event-stream"
header = "Authorization: Bearer $TOKEN"
header = "Last-Event-ID: ${LAST_EVENT_ID:-}"
CONFIG

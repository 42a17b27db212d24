#!/bin/sh
# Server-sent events with curl: prints the lines of the stream at URL. TOKEN and, to resume, LAST_EVENT_ID
# come from the environment.
set -eu
{
    # Read from standard input, because other users may see a program's arguments.
    printf 'header = "Authorization: Bearer %s"\n' "$TOKEN"
    [ -z "$LAST_EVENT_ID" ] || printf 'header = "Last-Event-ID: %s"\n' "$LAST_EVENT_ID"
} | exec curl --config - --fail --silent --show-error --no-buffer --header 'Accept: text/event-stream' "$URL"

"""Checks that the responses to publishers, the journal, and the events seen by a client agree.

Every function returns a list of error messages; an empty list means success.
`journal` is the list of entries of `rotacast tail --json`, in its order.
"""

from collections import Counter


def cursor_key(cursor):
    epoch, _, offset = cursor.rpartition(".")
    return epoch, int(offset)


def own_id(entry):
    return entry["event"].get("reason")


def order_of_journal(journal):
    """Cursors increase within one epoch; no event id and none of our own ids occurs twice."""
    faults = []
    for before, after in zip(journal, journal[1:]):
        (epoch, offset), (next_epoch, next_offset) = map(
            cursor_key, (before["cursor"], after["cursor"])
        )
        if epoch != next_epoch or offset >= next_offset:
            faults.append(f"cursor {after['cursor']} stands behind {before['cursor']}")
    for name, ids in (
        ("event_id", [entry["event_id"] for entry in journal]),
        ("event", [own_id(entry) for entry in journal]),
    ):
        faults += [f"{name} {key} stands {n} times" for key, n in Counter(ids).items() if n > 1]
    return faults


def answered_is_stored(requests, journal):
    """Every acknowledged event is in the journal with the id and the cursor of the response."""
    stored = {own_id(entry): (entry["event_id"], entry["cursor"]) for entry in journal}
    faults = []
    for request in requests:
        for own, answered in zip(request.ids, request.answer or []):
            if own not in stored:
                faults.append(f"{own} was answered and is lost")
            elif answered[1] != stored[own][1] or answered[0] not in (None, stored[own][0]):
                faults.append(f"{own} was answered as {answered} and stored as {stored[own]}")
    return faults


def whole_requests_only(requests, journal):
    """A request's events are in the journal together and in its order, or not at all."""
    position = {own_id(entry): index for index, entry in enumerate(journal)}
    faults = []
    for request in requests:
        found = [position[own] for own in request.ids if own in position]
        if found and found != list(range(found[0], found[0] + len(request.ids))):
            faults.append(f"request {request.ids} is stored at {found}")
    return faults


def answers_keep_order(requests):
    """Events sent after a response was received have later cursors than that response."""
    moments = []
    for request in requests:
        if request.answer:
            cursors = [cursor_key(cursor)[1] for _, cursor in request.answer]
            moments.append((request.sent_ns, 0, min(cursors)))
            moments.append((request.answered_ns, 1, max(cursors)))
    faults = []
    latest_answered = -1
    for _, is_answer, cursor in sorted(moments):
        if is_answer:
            latest_answered = max(latest_answered, cursor)
        elif cursor <= latest_answered:
            faults.append(f"offset {cursor} was sent after {latest_answered} had been answered")
    return faults


def client_follows_journal(seen, journal):
    """The events seen on one connection are a contiguous part of the journal, in order and once."""
    position = {own_id(entry): index for index, entry in enumerate(journal)}
    unknown = [own for own in seen if own not in position]
    faults = [f"the client saw {own}, which is not in the journal" for own in unknown]
    places = [position[own] for own in seen if own in position]
    for before, after in zip(places, places[1:]):
        if after != before + 1:
            faults.append(f"the client saw entry {after} right after entry {before}")
    return faults


def reconnected_client_goes_on(first, second, journal):
    """Events seen after the reconnect are after those seen before it."""
    position = {own_id(entry): index for index, entry in enumerate(journal)}
    if first and second and position.get(second[0], 0) <= position.get(first[-1], -1):
        return [f"after the reconnect the client saw {second[0]}, before it {first[-1]}"]
    return []

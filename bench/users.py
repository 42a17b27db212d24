"""Tokens of many users: the measured subscribers are different users, not tabs of one.

Adding 19,000 users through the CLI would hash 19,000 passwords. Instead the administrator's row is
copied under new ids and names, and tokens are signed here with the server's own test secret
(HS256, RFC 7515), with the claims that the server itself issues.
"""

import base64
import hashlib
import hmac
import json
import sqlite3
import time
import uuid

TTL_S = 3600


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _token(secret, user_id, name):
    now = int(time.time())
    claims = {
        "sub": user_id,
        "username": name,
        "exp": now + TTL_S,
        "iat": now,
        "jti": str(uuid.uuid4()),
    }
    parts = [{"alg": "HS256", "typ": "JWT"}, claims]
    signed = b".".join(_base64url(json.dumps(part).encode()) for part in parts)
    signature = hmac.new(secret, signed, hashlib.sha256).digest()
    return (signed + b"." + _base64url(signature)).decode()


def _copies(columns, row, count):
    """`count` rows like `row`, with an id of the same type (text or 16 bytes) and a name each."""
    for number in range(count):
        copy = dict(zip(columns, row))
        user_id = uuid.UUID(int=(0xBE << 120) | (4 << 76) | (8 << 60) | number)
        copy["id"] = user_id.bytes if isinstance(copy["id"], bytes) else str(user_id)
        copy["username"] = f"bench-{number}"
        if "email" in copy:
            copy["email"] = f"bench-{number}@example.org"
        yield str(user_id), copy


def write_tokens(home, count, path, users_path=None):
    """Adds `count` users to `home`'s database and writes a token for each, one per line.

    Writes their ids and names to `users_path`, for a client that signs tokens itself.
    """
    secret = home.secret_file.read_bytes()
    tokens, names_by_id = [], {}
    database = sqlite3.connect(home.database)
    with database:
        cursor = database.execute("SELECT * FROM users WHERE username = ?", (home.USER,))
        columns = [column[0] for column in cursor.description]
        row = cursor.fetchone()
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        for user_id, copy in _copies(columns, row, count):
            database.execute(
                f"INSERT INTO users ({names}) VALUES ({marks})", [copy[name] for name in columns]
            )
            tokens.append(_token(secret, user_id, copy["username"]))
            names_by_id[user_id] = copy["username"]
    database.close()
    path.write_text("\n".join(tokens) + "\n")
    if users_path:
        lines = (f"{user_id} {name}\n" for user_id, name in names_by_id.items())
        users_path.write_text("".join(lines))

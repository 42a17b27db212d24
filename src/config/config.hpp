#pragma once

// Everything that can be configured, described once: a value's place in these structs is its TOML
// key (`tokens.access_ttl_s`), its flag (`--tokens-access-ttl-s`) and its variable
// (`ROTACAST_TOKENS_ACCESS_TTL_S`); its suffix is its unit; its initializer is the default.
// Plain values, filled by config_load. Secrets are never among them, only the files that hold them.

#include "reflect/setting.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::config {

using reflect::between;
using reflect::one_of;

inline constexpr std::int64_t day_s = 86'400;
inline constexpr std::int64_t mib = 1'048'576;

struct Tls {
    std::string certificate_file;
    std::string key_file;
};
DESCRIBE(Tls,
         "Encryption by the server itself; both files or none.",
         (certificate_file, "Certificate chain, PEM, the server's own first."),
         (key_file, "Its private key, PEM."))

struct Tokens {
    std::int64_t access_ttl_s = 900;
    std::int64_t refresh_ttl_s = 7 * day_s;
};
DESCRIBE(Tokens,
         "What a login hands out.",
         (access_ttl_s, "Life of an access token.", between(10, day_s)),
         (refresh_ttl_s, "Life of a refresh token.", between(60, 90 * day_s)))

struct Login {
    std::size_t attempts = 5;
    std::int64_t window_s = 60;
    std::size_t bcrypt_cost = 12;
};
DESCRIBE(Login,
         "Logging in with a password.",
         (attempts, "Attempts per address and user name within the window.", between(1, 10'000)),
         (window_s, "The window.", between(1, day_s)),
         (bcrypt_cost, "Work factor of stored passwords; one more doubles it.", between(4, 16)))

struct Journal {
    std::string synchronous = "FULL";
    std::int64_t retention_days = 30;
    std::int64_t retention_bytes = 0;
    std::size_t tail_entries = 10'000;
    std::size_t queue_entries = 10'000;
    std::size_t queue_bytes = 64 * 1'048'576;
};
DESCRIBE(Journal,
         "The durable order of events.",
         (synchronous,
          "FULL survives power loss; NORMAL may lose the last moments of it, and is faster.",
          one_of("FULL|NORMAL")),
         (retention_days, "Entries older than this are removed; 0 keeps them.", between(0, 36'500)),
         (retention_bytes,
          "Oldest entries are removed above this size; 0 sets no bound.",
          between(0, 1'048'576 * mib)),
         (tail_entries, "Newest entries held in memory.", between(1, 10'000'000)),
         (queue_entries,
          "Publishing requests that wait for the disk, at most.",
          between(16, 1'000'000)),
         (queue_bytes, "Bytes that wait for the disk, at most.", between(mib, 65'536 * mib)))

struct Websocket {
    std::size_t max_message_bytes = 65'536;
    std::size_t send_queue_bytes = 1'048'576;
    std::string slow_client = "close";
    std::int64_t ping_interval_s = 20;
    std::int64_t idle_timeout_s = 40;
    std::size_t max_subscriptions = 256;
    std::size_t max_connections = 100'000;
};
DESCRIBE(Websocket,
         "Live connections.",
         (max_message_bytes, "Largest message taken from a client.", between(1'024, 64 * mib)),
         (send_queue_bytes, "What may wait for one slow client.", between(65'536, 1'024 * mib)),
         (slow_client, "What happens when that is full.", one_of("close|drop_oldest")),
         (ping_interval_s, "Pause between pings.", between(1, 3'600)),
         (idle_timeout_s, "A client silent for longer is taken for gone.", between(2, 7'200)),
         (max_subscriptions, "Topics one user may watch.", between(1, 100'000)),
         (max_connections, "Connections served at a time.", between(1, 10'000'000)))

struct Http {
    std::size_t max_body_bytes = 4 * 1'048'576;
};
DESCRIBE(Http,
         "Plain requests.",
         (max_body_bytes, "Largest request body.", between(1'024, 256 * mib)))

struct Intake {
    std::size_t max_events = 1'000;
};
DESCRIBE(Intake, "Publishing by HTTP.", (max_events, "Events in one request.", between(1, 100'000)))

struct Config {
    std::string listen = "127.0.0.1:8080";
    std::string database = "rotacast.db";
    std::string jwt_secret_file;
    std::string policy = "strict";
    std::string reject = "close";
    std::vector<std::string> allowed_origins;
    std::size_t loops = 0;
    std::string log_level = "info";
    std::int64_t drain_timeout_s = 10;
    Tls tls;
    Tokens tokens;
    Login login;
    Journal journal;
    Websocket websocket;
    Http http;
    Intake intake;
};
DESCRIBE(
    Config,
    "The server.",
    (listen, "HOST:PORT to serve on; port 0 picks a free one."),
    (database, "SQLite file with users, keys and the journal; made when missing."),
    (jwt_secret_file, "File with the secret that signs tokens, 32 bytes or more."),
    (policy, "Who may watch whom: strict by role, open as the original.", one_of("strict|open")),
    (reject,
     "How a refused WebSocket learns of it: by close code 1008, or by HTTP 401/403.",
     one_of("close|http")),
    (allowed_origins, "Origins of other pages that may use cookies; none means the same only."),
    (loops, "Threads that serve connections; 0 means one per core.", between(0, 256)),
    (log_level, "What is told on standard error.", one_of("trace|debug|info|warning|error|off")),
    (drain_timeout_s, "Patience with open connections when stopping.", between(0, 600)),
    (tls, reflect::description_of<Tls>.text),
    (tokens, reflect::description_of<Tokens>.text),
    (login, reflect::description_of<Login>.text),
    (journal, reflect::description_of<Journal>.text),
    (websocket, reflect::description_of<Websocket>.text),
    (http, reflect::description_of<Http>.text),
    (intake, reflect::description_of<Intake>.text))

}  // namespace rotacast::config

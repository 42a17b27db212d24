#pragma once

// All settings, described once, each section in a file of this directory. A value's position in
// these structs is its TOML key (`tokens.access_ttl_s`), its flag (`--tokens-access-ttl-s`) and its
// environment variable (`ROTACAST_TOKENS_ACCESS_TTL_S`); its suffix is its unit; its initializer is
// the default. Plain values, filled by load_config(). Contains no secrets, only the names of the
// files that hold them.

#include "config/authentication.hpp"
#include "config/bus.hpp"
#include "config/graphql.hpp"
#include "config/handlers.hpp"
#include "config/http.hpp"
#include "config/journal.hpp"
#include "config/limits.hpp"
#include "config/metrics.hpp"
#include "config/presence.hpp"
#include "config/redis.hpp"
#include "config/section.hpp"
#include "config/webhooks.hpp"
#include "config/websocket.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::config {

struct Tls {
    std::string certificate_file;
    std::string key_file;
};
DESCRIBE(Tls,
         "TLS; set both files or none. They are read again when they change.",
         (certificate_file, "Certificate chain, PEM, the server's own first."),
         (key_file, "Its private key, PEM, without a passphrase."))

struct Config {
    std::string listen = "127.0.0.1:8080";
    std::string database = "rotacast.db";
    std::string jwt_secret_file;
    std::string policy = "strict";
    std::string reject = "close";
    std::vector<std::string> allowed_origins;
    std::vector<std::string> trusted_proxies;
    std::string proxy_headers = "both";
    std::size_t loops = 0;
    std::string log_level = "info";
    std::string docs = "off";
    std::int64_t drain_window_s = 10;
    std::int64_t drain_timeout_s = 10;
    Tls tls;
    Tokens tokens;
    Login login;
    Journal journal;
    Websocket websocket;
    Limits limits;
    Presence presence;
    Http http;
    Intake intake;
    Graphql graphql;
    Bus bus;
    Handlers handlers;
    Webhooks webhooks;
    Redis redis;
    Metrics metrics;
};
DESCRIBE(Config,
         "The server.",
         (listen, "HOST:PORT to listen on; port 0 selects a free port."),
         (database, "SQLite file with users, keys and the journal; created if missing."),
         (jwt_secret_file,
          "File with the secret that signs tokens, 32 bytes or more. When it is read again with "
          "another secret, the former one is accepted for as long as tokens.refresh_ttl_s, so that "
          "nobody is logged out; if it has leaked, change it twice, or restart the server."),
         (policy, "Who may watch whom: strict: by role; open: everybody.", one_of("strict|open")),
         (reject,
          "How a WebSocket is refused: with a close code after the upgrade, or with an HTTP error.",
          one_of("close|http")),
         (allowed_origins,
          "Origins whose pages may call this server and use its cookies, besides its own."),
         (trusted_proxies,
          "Addresses or CIDR blocks of your proxies, such as 127.0.0.1 or 10.1.0.0/16; from nobody "
          "else do Forwarded and X-Forwarded-For, -Proto and -Host count."),
         (proxy_headers,
          "Which of these the proxies write: Forwarded, those with X, or both; with both, what "
          "contradicts each other does not count.",
          one_of("both|forwarded|x_forwarded")),
         (loops, "Threads that serve connections; 0 means one per core.", between(0, 256)),
         (log_level,
          "What is logged to standard error.",
          one_of("trace|debug|info|warning|error|off")),
         (docs, "Whether the page that shows the contract is served at /docs.", one_of("on|off")),
         (drain_window_s,
          "On shutdown, connections are closed evenly over this time, so that clients do not all "
          "reconnect at once; few connections take less, at a hundred a second.",
          between(0, 3'600)),
         (drain_timeout_s, "How long to wait for open connections after that.", between(0, 600)),
         (tls, reflect::description_of<Tls>.text),
         (tokens, reflect::description_of<Tokens>.text),
         (login, reflect::description_of<Login>.text),
         (journal, reflect::description_of<Journal>.text),
         (websocket, reflect::description_of<Websocket>.text),
         (limits, reflect::description_of<Limits>.text),
         (presence, reflect::description_of<Presence>.text),
         (http, reflect::description_of<Http>.text),
         (intake, reflect::description_of<Intake>.text),
         (graphql, reflect::description_of<Graphql>.text),
         (bus, reflect::description_of<Bus>.text),
         (handlers, reflect::description_of<Handlers>.text),
         (webhooks, reflect::description_of<Webhooks>.text),
         (redis, reflect::description_of<Redis>.text),
         (metrics, reflect::description_of<Metrics>.text))

}  // namespace rotacast::config

#pragma once

// All settings, described once. A value's position in these structs is its TOML key
// (`tokens.access_ttl_s`), its flag (`--tokens-access-ttl-s`) and its environment variable
// (`ROTACAST_TOKENS_ACCESS_TTL_S`); its suffix is its unit; its initializer is the default. Plain
// values, filled by load_config(). Contains no secrets, only the names of the files that hold them.

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
         "TLS; set both files or none.",
         (certificate_file, "Certificate chain, PEM, the server's own first."),
         (key_file, "Its private key, PEM."))

struct Tokens {
    std::int64_t access_ttl_s = 900;
    std::int64_t refresh_ttl_s = 7 * day_s;
    // g++ 12 crashes on {"HS256"} where Boost.PFR counts the members.
    std::vector<std::string> algorithms = std::vector<std::string>(1, "HS256");
    std::string jwks_file;
    std::string jwks_url;
    std::int64_t jwks_refresh_s = 300;
    std::string issuer;
    std::string audience;
};
DESCRIBE(Tokens,
         "Tokens that a login issues, and tokens that are accepted.",
         (access_ttl_s, "Lifetime of an access token.", between(10, day_s)),
         (refresh_ttl_s, "Lifetime of a refresh token.", between(60, 90 * day_s)),
         (algorithms,
          "Accepted algorithms: HS256 with the secret, RS256 and ES256 with the keys of a JWK Set.",
          one_of("HS256|RS256|ES256")),
         (jwks_file, "JWK Set with the public keys of an issuer."),
         (jwks_url, "URL of an issuer's JWK Set, http or https."),
         (jwks_refresh_s, "How often the JWK Set is reloaded.", between(10, day_s)),
         (issuer, "If set, tokens must have this `iss`; logins set it."),
         (audience, "If set, tokens must have this `aud`; logins set it."))

struct Login {
    std::size_t attempts = 5;
    std::size_t attempts_per_address = 100;
    std::int64_t window_s = 60;
    std::size_t bcrypt_cost = 12;
};
DESCRIBE(
    Login,
    "Logging in with a password.",
    (attempts, "Login attempts per address and user name in one window.", between(1, 10'000)),
    (attempts_per_address,
     "Attempts per address (IPv6: per /64) within the window, whatever the user name; 0 sets no "
     "bound.",
     between(0, 10'000)),
    (window_s, "Length of the window.", between(1, day_s)),
    (bcrypt_cost, "bcrypt cost; each increment doubles the work.", between(4, 16)))

struct Journal {
    std::string synchronous = "FULL";
    std::int64_t retention_days = 30;
    std::int64_t retention_bytes = 0;
    std::size_t tail_entries = 10'000;
    std::size_t queue_entries = 10'000;
    std::size_t queue_bytes = 64 * 1'048'576;
};
DESCRIBE(Journal,
         "The durable, ordered log of events.",
         (synchronous,
          "FULL survives power loss; NORMAL is faster, but may then lose the last commits.",
          one_of("FULL|NORMAL")),
         (retention_days, "Entries older than this are removed; 0 keeps them.", between(0, 36'500)),
         (retention_bytes,
          "Oldest entries are removed above this size; 0 sets no bound.",
          between(0, 1'048'576 * mib)),
         (tail_entries, "Newest publications kept in memory.", between(1, 10'000'000)),
         (queue_entries, "Most publishing requests waiting for the disk.", between(16, 1'000'000)),
         (queue_bytes, "Most bytes waiting for the disk.", between(mib, 65'536 * mib)))

struct Deflate {
    std::string enabled = "off";
    std::size_t threshold_bytes = 256;
    std::size_t window_bits = 12;
};
DESCRIBE(Deflate,
         "Compression of WebSocket messages (permessage-deflate), once for all receivers.",
         (enabled, "Whether to accept it when a client offers it.", one_of("on|off")),
         (threshold_bytes, "Smaller messages are sent uncompressed.", between(0, mib)),
         (window_bits,
          "Size of the compression window: 2 to this power; the same for all receivers.",
          between(9, 15)))

struct Websocket {
    std::size_t max_message_bytes = 65'536;
    std::size_t send_queue_bytes = 1'048'576;
    std::string slow_client = "close";
    std::int64_t ping_interval_s = 20;
    std::int64_t idle_timeout_s = 40;
    std::size_t max_subscriptions = 256;
    std::size_t max_connections = 100'000;
    std::int64_t auth_timeout_s = 5;
    std::size_t resume_entries_max = 100'000;
    std::size_t latest_entries_max = 10'000;
    Deflate deflate;
};
DESCRIBE(
    Websocket,
    "Live connections.",
    (max_message_bytes, "Largest message that a client may send.", between(1'024, 64 * mib)),
    (send_queue_bytes, "Bytes that may wait for one slow client.", between(65'536, 1'024 * mib)),
    (slow_client, "Policy when that limit is reached.", one_of("close|drop_oldest|keep_latest")),
    (ping_interval_s, "Time between pings.", between(1, 3'600)),
    (idle_timeout_s, "A client silent for longer is disconnected.", between(2, 7'200)),
    (max_subscriptions, "Most topics of a connection (classic: a user).", between(1, 100'000)),
    (max_connections, "Most concurrent connections.", between(1, 10'000'000)),
    (auth_timeout_s, "Time to authenticate for a connection without a token.", between(1, 300)),
    (resume_entries_max, "Most journal entries that a resume goes back.", between(0, 10'000'000)),
    (latest_entries_max,
     "Most journal entries that a subscribe with `latest` searches.",
     between(0, 10'000'000)),
    (deflate, reflect::description_of<Deflate>.text))

struct Limits {
    std::size_t connections_per_user = 64;
    std::size_t connections_per_address = 20'000;
    std::size_t upgrades_per_second = 2'000;
    std::size_t upgrades_burst = 20'000;
    std::size_t commands_per_second = 100;
    std::size_t commands_burst = 500;
};
DESCRIBE(Limits,
         "Limits that protect other clients.",
         (connections_per_user,
          "Live connections of one user; 0 sets no bound.",
          between(0, 10'000'000)),
         (connections_per_address,
          "Live connections of one address (IPv6: of one /64); 0 sets no bound.",
          between(0, 10'000'000)),
         (upgrades_per_second,
          "New live connections of one address per second, sustained; 0 sets no bound.",
          between(0, 1'000'000)),
         (upgrades_burst,
          "New live connections of one address in a burst, as after a restart.",
          between(1, 10'000'000)),
         (commands_per_second,
          "Commands of one connection per second, sustained; 0 sets no bound.",
          between(0, 1'000'000)),
         (commands_burst,
          "Commands of one connection in a burst, as when a page opens.",
          between(1, 1'000'000)))

struct Presence {
    std::int64_t grace_s = 10;
    std::int64_t lease_s = 45;
};
DESCRIBE(Presence,
         "Who is online.",
         (grace_s,
          "How long a user stays online after the last connection has closed, so that a page "
          "reload is not reported.",
          between(0, 3'600)),
         (lease_s,
          "How long a connection counts after it was last heard from; set it above ping_interval_s "
          "plus 10 seconds, or clients that only listen go offline in between.",
          between(5, 86'400)))

struct Http {
    std::size_t max_body_bytes = 4 * 1'048'576;
    std::size_t header_bytes_max = 16'384;
    std::int64_t header_timeout_s = 10;
};
DESCRIBE(Http,
         "HTTP requests.",
         (max_body_bytes, "Largest request body.", between(1'024, 256 * mib)),
         (header_bytes_max, "Largest header, including the request line.", between(1'024, mib)),
         (header_timeout_s,
          "Time to send the header, from its first byte; a TLS handshake has as much before.",
          between(1, 3'600)))

struct Intake {
    std::size_t max_events = 1'000;
};
DESCRIBE(Intake, "Publishing by HTTP.", (max_events, "Events in one request.", between(1, 100'000)))

struct Graphql {
    std::string introspection = "everybody";
    std::string graphiql = "off";
    std::int64_t init_timeout_s = 60;
    std::size_t operations_per_connection = 100;
    std::size_t operations_per_user = 1'000;
    std::size_t document_bytes_max = 65'536;
    std::size_t tokens_max = 4'000;
    std::size_t nesting_max = 32;
    std::size_t depth_max = 20;
    std::size_t fields_max = 1'000;
    std::size_t root_fields_max = 32;
    std::size_t selections_max = 10'000;
    std::size_t argument_bytes_max = 8 * 1'048'576;
};
DESCRIBE(Graphql,
         "GraphQL at /graphql.",
         (introspection,
          "Who may use introspection: all users, operators (admins and coordinators), or nobody.",
          one_of("everybody|operators|off")),
         (graphiql, "Whether GraphiQL is served at /graphiql.", one_of("on|off")),
         (init_timeout_s, "Time to send connection_init on a new connection.", between(1, 3'600)),
         (operations_per_connection, "Concurrent operations per connection.", between(1, 10'000)),
         (operations_per_user,
          "Concurrent operations per user, on all connections.",
          between(1, 1'000'000)),
         (document_bytes_max, "Largest document accepted.", between(1'024, mib)),
         (tokens_max,
          "Most tokens in a document; GraphiQL's introspection query has 300.",
          between(500, 100'000)),
         (nesting_max,
          "Deepest nesting of braces, brackets and parentheses in a document.",
          between(16, 200)),
         (depth_max,
          "Deepest nesting of fields, fragments expanded; the usual introspection has 14.",
          between(14, 100)),
         (fields_max,
          "Most fields of a result, with fragments expanded; aliases count separately.",
          between(100, 100'000)),
         (root_fields_max,
          "Most root fields of an operation; each queries the journal or the store.",
          between(1, 1'000)),
         (selections_max,
          "Most selections visited while a document is validated, with fragments expanded.",
          between(1'000, 1'000'000)),
         (argument_bytes_max,
          "Most bytes of all arguments of an operation; a variable counts as often as it is used.",
          between(65'536, 1'024 * mib)))

struct Bus {
    std::string database;
    std::int64_t replays_per_second = 50;
    std::size_t recent_entries = 4'096;
    std::int64_t retention_days = 90;
    std::int64_t ledger_rows = 1'000'000;
    std::int64_t audit_rows = 100'000;
    std::int64_t discarded_letters = 100'000;
    std::string deliver_twice = "off";
};
DESCRIBE(Bus,
         "Event handlers and dead letters.",
         (database,
          "SQLite file with deliveries and dead letters; if empty, the database's name with -bus."),
         (replays_per_second, "Dead letters replayed per second.", between(1, 100'000)),
         (recent_entries, "Entries kept in memory for handlers.", between(256, 1'000'000)),
         (retention_days,
          "Ledger rows, audit rows, finished replays and discarded dead letters are deleted when "
          "they are older; 0 keeps them. Dead letters stay until they are replayed or discarded.",
          between(0, 36'500)),
         (ledger_rows,
          "Most ledger rows; the oldest are deleted; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (audit_rows,
          "Most audit rows, and most finished replays; the oldest are deleted; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (discarded_letters,
          "Most discarded dead letters; the oldest are deleted; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (deliver_twice,
          "For testing handlers: each runs twice for every event, as after a crash.",
          one_of("on|off")))

struct Handlers {
    std::string enabled = "on";
    std::vector<std::string> program_directors;
    std::string cache_keys = "off";
};
DESCRIBE(Handlers,
         "The server's own event handlers (docs/handlers.md).",
         (enabled, "Whether they run: notify users and write the ledger.", one_of("on|off")),
         (program_directors, "User names of the program directors; if empty, the admins."),
         (cache_keys,
          "Whether CacheInvalidated is published for webhooks: one more journal entry for each "
          "change of a schedule, assignment or swap.",
          one_of("on|off")))

struct Webhooks {
    std::vector<std::string> allow_addresses;
    std::size_t parallel = 4;
    std::size_t retry_attempts = 12;
    std::int64_t retry_first_s = 2;
    std::int64_t retry_max_s = 900;
    std::int64_t pause_after_s = 300;
    std::int64_t probe_first_s = 30;
    std::int64_t probe_max_s = 900;
};
DESCRIBE(
    Webhooks,
    "Events posted to URLs.",
    (allow_addresses,
     "Addresses or CIDR blocks that webhooks may call although they are not public, such as "
     "10.1.0.0/16."),
    (parallel,
     "Concurrent requests to one webhook; events of one aggregate are sent one after the other.",
     between(1, 64)),
    (retry_attempts,
     "Attempts per event, including the first; then it is a dead letter.",
     between(1, 1'000)),
    (retry_first_s,
     "Wait after the first failed attempt; each further wait is twice as long.",
     between(1, 86'400)),
    (retry_max_s, "The longest wait.", between(1, 86'400)),
    (pause_after_s,
     "A webhook that has failed for this long without a success is paused; 0 never pauses.",
     between(0, 30 * day_s)),
    (probe_first_s,
     "A webhook that paused itself tries one event after this time, then waits twice as long each "
     "time; a success resumes it.",
     between(1, 86'400)),
    (probe_max_s, "The longest wait between two such attempts.", between(1, 86'400)))

struct Config {
    std::string listen = "127.0.0.1:8080";
    std::string database = "rotacast.db";
    std::string jwt_secret_file;
    std::string policy = "strict";
    std::string reject = "close";
    std::vector<std::string> allowed_origins;
    std::size_t loops = 0;
    std::string log_level = "info";
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
};
DESCRIBE(Config,
         "The server.",
         (listen, "HOST:PORT to listen on; port 0 selects a free port."),
         (database, "SQLite file with users, keys and the journal; created if missing."),
         (jwt_secret_file, "File with the secret that signs tokens, 32 bytes or more."),
         (policy, "Who may watch whom: strict: by role; open: everybody.", one_of("strict|open")),
         (reject,
          "How a WebSocket is refused: with a close code after the upgrade, or with an HTTP error.",
          one_of("close|http")),
         (allowed_origins, "Origins that may use the cookie, besides the server's own."),
         (loops, "Threads that serve connections; 0 means one per core.", between(0, 256)),
         (log_level,
          "What is logged to standard error.",
          one_of("trace|debug|info|warning|error|off")),
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
         (webhooks, reflect::description_of<Webhooks>.text))

}  // namespace rotacast::config

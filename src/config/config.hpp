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
         "Encryption by the server itself; both files or none.",
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
         "What a login hands out, and whose tokens are taken.",
         (access_ttl_s, "Life of an access token.", between(10, day_s)),
         (refresh_ttl_s, "Life of a refresh token.", between(60, 90 * day_s)),
         (algorithms,
          "Algorithms taken: HS256 by the secret, RS256 and ES256 by the keys of a JWK Set.",
          one_of("HS256|RS256|ES256")),
         (jwks_file, "JWK Set with the public keys of an issuer."),
         (jwks_url, "Where an issuer serves its JWK Set, by http or https."),
         (jwks_refresh_s, "How often the JWK Set is loaded again.", between(10, day_s)),
         (issuer, "What `iss` must say, when this is set; logins write it."),
         (audience, "What `aud` must hold, when this is set; logins write it."))

struct Login {
    std::size_t attempts = 5;
    std::size_t attempts_per_address = 100;
    std::int64_t window_s = 60;
    std::size_t bcrypt_cost = 12;
};
DESCRIBE(
    Login,
    "Logging in with a password.",
    (attempts, "Attempts per address and user name within the window.", between(1, 10'000)),
    (attempts_per_address,
     "Attempts per address (IPv6: per /64) within the window, whatever the user name; 0 sets no "
     "bound.",
     between(0, 10'000)),
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

struct Deflate {
    std::string enabled = "off";
    std::size_t threshold_bytes = 256;
    std::size_t window_bits = 12;
};
DESCRIBE(Deflate,
         "Compression of WebSocket messages (permessage-deflate), once for all receivers.",
         (enabled, "Whether it is agreed to when a client offers it.", one_of("on|off")),
         (threshold_bytes, "Smaller messages go as they are.", between(0, mib)),
         (window_bits,
          "Window of the compression: a power of two, shared by all receivers.",
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
DESCRIBE(Websocket,
         "Live connections.",
         (max_message_bytes, "Largest message taken from a client.", between(1'024, 64 * mib)),
         (send_queue_bytes, "What may wait for one slow client.", between(65'536, 1'024 * mib)),
         (slow_client, "What happens when that is full.", one_of("close|drop_oldest|keep_latest")),
         (ping_interval_s, "Pause between pings.", between(1, 3'600)),
         (idle_timeout_s, "A client silent for longer is taken for gone.", between(2, 7'200)),
         (max_subscriptions, "Topics one user may watch.", between(1, 100'000)),
         (max_connections, "Connections served at a time.", between(1, 10'000'000)),
         (auth_timeout_s,
          "Time to authenticate for a connection that came without a token.",
          between(1, 300)),
         (resume_entries_max,
          "Journal entries a resume goes back at most: beyond, asking for the present state is "
          "cheaper for both sides.",
          between(0, 10'000'000)),
         (latest_entries_max,
          "Journal entries looked at for the latest state of what a client subscribes to.",
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
         "What one client may take from the others.",
         (connections_per_user,
          "Live connections of one user: far more tabs and devices than a person has; 0 sets no "
          "bound.",
          between(0, 10'000'000)),
         (connections_per_address,
          "Live connections of one address (IPv6: of one /64): a hospital may stand behind a "
          "single one; 0 sets no bound.",
          between(0, 10'000'000)),
         (upgrades_per_second,
          "New live connections of one address, sustained: each costs a handshake and a look at "
          "its token; 0 sets no bound.",
          between(0, 1'000'000)),
         (upgrades_burst,
          "New live connections of one address at once, as when all come back after a restart.",
          between(1, 10'000'000)),
         (commands_per_second,
          "Commands of one connection, sustained: far more than a person causes; 0 sets no bound.",
          between(0, 1'000'000)),
         (commands_burst,
          "Commands of one connection at once, as when a page subscribes to all it shows.",
          between(1, 1'000'000)))

struct Presence {
    std::int64_t grace_s = 10;
    std::int64_t lease_s = 45;
};
DESCRIBE(Presence,
         "Who is there.",
         (grace_s,
          "How long somebody stays after the last connection has gone, so that a reload is no "
          "news.",
          between(0, 3'600)),
         (lease_s,
          "How long a connection counts without being heard from; more than ping_interval_s and "
          "10 seconds, or those who only listen flicker.",
          between(5, 86'400)))

struct Http {
    std::size_t max_body_bytes = 4 * 1'048'576;
    std::size_t header_bytes_max = 16'384;
    std::int64_t header_timeout_s = 10;
};
DESCRIBE(Http,
         "Plain requests.",
         (max_body_bytes, "Largest request body.", between(1'024, 256 * mib)),
         (header_bytes_max, "Largest request head, the line included.", between(1'024, mib)),
         (header_timeout_s,
          "Time to send it, from its first byte; encryption has as much before it.",
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
         "The third tier: /graphql.",
         (introspection,
          "Who may ask for the schema: everybody who is logged in, operators (admins and "
          "coordinators), or nobody.",
          one_of("everybody|operators|off")),
         (graphiql,
          "Whether the page at /graphiql is there: a login, and an explorer of the schema.",
          one_of("on|off")),
         (init_timeout_s, "Time to send connection_init on a new socket.", between(1, 3'600)),
         (operations_per_connection, "Operations of one connection at a time.", between(1, 10'000)),
         (operations_per_user,
          "Operations of one user at a time, on all connections.",
          between(1, 1'000'000)),
         (document_bytes_max, "Largest document taken.", between(1'024, mib)),
         (tokens_max,
          "Words and signs of one document; GraphiQL's introspection has 300.",
          between(500, 100'000)),
         (nesting_max,
          "Braces, brackets and parentheses in one another, as written.",
          between(16, 200)),
         (depth_max,
          "Fields in one another when fragments are followed; the usual introspection has 14.",
          between(14, 100)),
         (fields_max,
          "Fields of an answer, each alias counted, fragments multiplied out.",
          between(100, 100'000)),
         (root_fields_max,
          "Fields at the root of one operation: each is a question to the journal or the store.",
          between(1, 1'000)),
         (selections_max,
          "What a document costs to check: selections looked at while its fragments are followed.",
          between(1'000, 1'000'000)),
         (argument_bytes_max,
          "Of all arguments of one operation, variables put in as often as they are used.",
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
         "Handlers of events, and what they failed at.",
         (database, "SQLite file with deliveries and dead letters; empty: beside the other, -bus."),
         (replays_per_second, "Dead letters handled again, per second.", between(1, 100'000)),
         (recent_entries, "Entries kept in memory for handlers.", between(256, 1'000'000)),
         (retention_days,
          "Ledger, audit, finished replays and discarded letters are removed when older; 0 keeps "
          "them. Dead letters stay until somebody looks.",
          between(0, 36'500)),
         (ledger_rows,
          "The oldest rows of the ledger are removed above this; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (audit_rows,
          "The same for the audit, and for finished replays; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (discarded_letters,
          "The same for discarded letters; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (deliver_twice,
          "For trying out handlers: each runs twice for every event, as after a crash.",
          one_of("on|off")))

struct Handlers {
    std::string enabled = "on";
    std::vector<std::string> program_directors;
    std::string cache_keys = "off";
};
DESCRIBE(Handlers,
         "What the server itself does on events (docs/handlers.md).",
         (enabled, "Whether people are told and the ledger is kept.", one_of("on|off")),
         (program_directors, "User names of the programme's directors; none: the admins."),
         (cache_keys,
          "Whether CacheInvalidated is published for webhooks: one more entry of the journal for "
          "each change of a schedule, duty or swap.",
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
DESCRIBE(Webhooks,
         "Events sent to receivers outside.",
         (allow_addresses,
          "Addresses or CIDR blocks that webhooks may call although they are not public, such as "
          "10.1.0.0/16."),
         (parallel,
          "Requests to one webhook at a time; events of one aggregate go one after the other.",
          between(1, 64)),
         (retry_attempts,
          "Attempts for one event, the first included; then it is a dead letter.",
          between(1, 1'000)),
         (retry_first_s,
          "Wait after the first failed attempt; each next is twice as long.",
          between(1, 86'400)),
         (retry_max_s, "The longest wait.", between(1, 86'400)),
         (pause_after_s,
          "A webhook that has failed for so long without a success is paused; 0 never pauses.",
          between(0, 30 * day_s)),
         (probe_first_s,
          "A paused one tries one event after so long, then waits twice as long each time; one "
          "success resumes it.",
          between(1, 86'400)),
         (probe_max_s, "The longest wait between two such tries.", between(1, 86'400)))

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
    (drain_window_s,
     "When stopping, connections are closed over this time, so that not all come back at once; "
     "few are closed sooner, a hundred a second.",
     between(0, 3'600)),
    (drain_timeout_s, "Patience with open connections after that.", between(0, 600)),
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

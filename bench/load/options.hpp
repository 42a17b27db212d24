#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "load/token_signer.hpp"

namespace rotacast::bench {

enum class Mode { fanout, idle, stuck, jitter, refresh, drain, deflate, graphql };
/// Rotacast publishes through its intake; a peer takes the finished payload and how often to send
/// it.
enum class Target { rotacast, peer };

struct Options {
    Mode mode = Mode::fanout;
    Target target = Target::peer;
    std::uint16_t port = 0;
    pid_t server_pid = 0;             ///< whose CPU and memory are read
    std::vector<std::string> tokens;  ///< connection i logs in with token i modulo their number
    std::string api_key;
    std::vector<User> users;  ///< refresh: whose tokens are signed here
    std::string secret;       ///< refresh: what they are signed with
    std::size_t subscribers = 1000;
    std::vector<std::size_t> bursts{1, 16, 64, 365};
    std::size_t repeats = 50;         ///< bursts per measurement, at most
    double seconds = 1.0;             ///< time per measurement, about; at least one burst is sent
    std::size_t warm_up = 1;          ///< bursts before each measurement, not counted
    std::size_t payload_bytes = 350;  ///< of one event on the wire, without the frame header
    std::size_t padding = 0;          ///< of an event; 0: what makes it payload_bytes
    std::size_t selections = 1;       ///< graphql: so many different ones
    std::size_t per_address = 1000;   ///< connections from one loopback source address
    std::size_t interval_ms = 50;     ///< time between two bursts, where there is a timetable
    bool with_stuck = false;          ///< stuck: whether one subscriber never reads
    std::size_t stuck_bytes = 65536;  ///< stuck: what it alone is sent besides, per burst
    // The modes of rotacast.v1:
    std::size_t schedules = 8;         ///< of which each client watches one
    std::size_t message_bytes = 80;    ///< of an event's message
    std::size_t cut_every_ms = 15000;  ///< jitter: life of a connection, on average
    std::size_t offline_ms = 2000;     ///< jitter: time away, at least
    std::size_t token_ttl_s = 30;      ///< refresh: life of a token
    std::size_t lapsing = 10;          ///< refresh: clients that let theirs expire
    std::size_t drain_window_s = 20;   ///< drain: what the server was started with
    bool offer_deflate = false;        ///< deflate: whether clients offer it
};

/// Throws std::invalid_argument with a sentence that says what to mend.
[[nodiscard]] Options parse_options(int argc, char** argv);

}  // namespace rotacast::bench

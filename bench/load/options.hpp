#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "load/sockets.hpp"
#include "load/token_signer.hpp"

namespace rotacast::bench {

enum class Mode { fanout, idle, stuck, jitter, refresh, drain, deflate, graphql, handshakes };
/// Rotacast publishes through its intake. A peer takes the finished payload and the number of times
/// to send it.
enum class Target { rotacast, peer };

struct Options {
    Mode mode = Mode::fanout;
    Target target = Target::peer;
    std::uint16_t port = 0;
    pid_t server_pid = 0;  ///< the process whose CPU and memory are read
    // Several processes, in the modes fanout, graphql, idle and handshakes:
    std::vector<std::uint16_t> more_ports;  ///< of further nodes, which get subscribers in turn
    std::vector<pid_t> more_pids;           ///< their processes; CPU and memory are those of all
    std::uint16_t publish_port = 0;         ///< where to publish; 0: at `port`
    Tls tls = Tls::none;                    ///< in the modes fanout, graphql, idle and handshakes
    pid_t broker_pid = 0;                   ///< of Redis; its CPU is reported apart. 0: none
    std::vector<std::string> tokens;        ///< connection i uses token i modulo their number
    std::string api_key;
    std::vector<User> users;  ///< refresh: users for whom tokens are signed here
    std::string secret;       ///< refresh: the secret that signs them
    std::size_t subscribers = 1000;
    std::vector<std::size_t> bursts{1, 16, 64, 365};
    std::size_t repeats = 50;  ///< maximum of bursts per measurement
    /// Approximate time per measurement; at least one burst is sent.
    double seconds = 1.0;
    std::size_t warm_up = 1;          ///< bursts before each measurement that are not counted
    bool spin = false;                ///< never sleeps, so that no server pays for waking it
    std::size_t payload_bytes = 350;  ///< size of an event on the wire, without the frame header
    std::size_t padding = 0;          ///< padding of an event; 0: as much as payload_bytes needs
    std::size_t selections = 1;       ///< graphql: number of different selections
    std::size_t per_address = 1000;   ///< connections per loopback source address
    std::size_t interval_ms = 50;     ///< time between bursts in modes with fixed times
    bool with_stuck = false;          ///< stuck: whether there is a subscriber that never reads
    std::size_t stuck_bytes = 65536;  ///< stuck: bytes sent only to that subscriber, per burst
    // The modes of rotacast.v1:
    std::size_t schedules = 8;         ///< each client watches one of these
    std::size_t message_bytes = 80;    ///< size of an event's message
    std::size_t cut_every_ms = 15000;  ///< jitter: average lifetime of a connection
    std::size_t offline_ms = 2000;     ///< jitter: minimum time between connections
    std::size_t token_ttl_s = 30;      ///< refresh: lifetime of a token
    std::size_t lapsing = 10;          ///< refresh: clients that let their token expire
    std::size_t drain_window_s = 20;   ///< drain: the window with which the server was started
    bool offer_deflate = false;        ///< deflate: whether clients offer it
};

/// Throws std::invalid_argument with a message that says how to correct the options.
[[nodiscard]] Options parse_options(int argc, char** argv);

}  // namespace rotacast::bench

#include "load/options.hpp"

#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace rotacast::bench {

namespace {

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::invalid_argument("cannot read " + path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

std::vector<std::size_t> numbers_of(const std::string& text) {
    std::vector<std::size_t> numbers;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) numbers.push_back(std::stoul(part));
    return numbers;
}

constexpr std::string_view mode_names =
    "fanout idle stuck jitter refresh drain deflate graphql handshakes";

Mode mode_of(const std::string& name) {
    if (name == "fanout") return Mode::fanout;
    if (name == "idle") return Mode::idle;
    if (name == "stuck") return Mode::stuck;
    if (name == "jitter") return Mode::jitter;
    if (name == "refresh") return Mode::refresh;
    if (name == "drain") return Mode::drain;
    if (name == "deflate") return Mode::deflate;
    if (name == "graphql") return Mode::graphql;
    if (name == "handshakes") return Mode::handshakes;
    throw std::invalid_argument("the first argument is one of: " + std::string(mode_names));
}

Target target_of(const std::string& name) {
    if (name == "rotacast") return Target::rotacast;
    if (name == "peer") return Target::peer;
    throw std::invalid_argument("--target is rotacast or peer");
}

Tls tls_of(const std::string& name) {
    if (name == "none") return Tls::none;
    if (name == "full") return Tls::full;
    if (name == "resumed") return Tls::resumed;
    throw std::invalid_argument("--tls is none, full or resumed");
}

std::string first_line_of(const std::string& path) {
    const auto lines = lines_of(path);
    if (lines.empty()) throw std::invalid_argument(path + " is empty");
    return lines.front();
}

/// Parses lines of `ID NAME`.
std::vector<User> users_of(const std::string& path) {
    std::vector<User> users;
    for (const auto& line : lines_of(path)) {
        const auto space = line.find(' ');
        if (space == std::string::npos) throw std::invalid_argument(path + ": lines are ID NAME");
        users.push_back({line.substr(0, space), line.substr(space + 1)});
    }
    return users;
}

using Setter = std::function<void(Options&, const std::string&)>;

template <class Number>
Setter numbers(std::vector<Number> Options::*member) {
    return [member](Options& options, const std::string& text) {
        for (const std::size_t value : numbers_of(text)) {
            (options.*member).push_back(static_cast<Number>(value));
        }
    };
}

template <class Number>
Setter number(Number Options::*member) {
    return [member](Options& options, const std::string& text) {
        options.*member = static_cast<Number>(std::stoul(text));
    };
}

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> table{
        {"--port", number(&Options::port)},
        {"--pid", number(&Options::server_pid)},
        {"--more-ports", numbers(&Options::more_ports)},
        {"--more-pids", numbers(&Options::more_pids)},
        {"--publish-port", number(&Options::publish_port)},
        {"--broker-pid", number(&Options::broker_pid)},
        {"--subscribers", number(&Options::subscribers)},
        {"--repeats", number(&Options::repeats)},
        {"--warm-up", number(&Options::warm_up)},
        {"--spin", number(&Options::spin)},
        {"--payload", number(&Options::payload_bytes)},
        {"--padding", number(&Options::padding)},
        {"--selections", number(&Options::selections)},
        {"--per-address", number(&Options::per_address)},
        {"--interval-ms", number(&Options::interval_ms)},
        {"--with-stuck", number(&Options::with_stuck)},
        {"--stuck-bytes", number(&Options::stuck_bytes)},
        {"--schedules", number(&Options::schedules)},
        {"--message-bytes", number(&Options::message_bytes)},
        {"--cut-every-ms", number(&Options::cut_every_ms)},
        {"--offline-ms", number(&Options::offline_ms)},
        {"--token-ttl-s", number(&Options::token_ttl_s)},
        {"--lapsing", number(&Options::lapsing)},
        {"--drain-window-s", number(&Options::drain_window_s)},
        {"--offer-deflate", number(&Options::offer_deflate)},
        {"--seconds", [](Options& o, const std::string& text) { o.seconds = std::stod(text); }},
        {"--bursts", [](Options& o, const std::string& text) { o.bursts = numbers_of(text); }},
        {"--target", [](Options& o, const std::string& text) { o.target = target_of(text); }},
        {"--tls", [](Options& o, const std::string& text) { o.tls = tls_of(text); }},
        {"--tokens", [](Options& o, const std::string& path) { o.tokens = lines_of(path); }},
        {"--users", [](Options& o, const std::string& path) { o.users = users_of(path); }},
        {"--secret-file",
         [](Options& o, const std::string& path) { o.secret = first_line_of(path); }},
        {"--api-key-file",
         [](Options& o, const std::string& path) { o.api_key = first_line_of(path); }},
    };
    return table;
}

}  // namespace

Options parse_options(int argc, char** argv) {
    if (argc < 2) {
        throw std::invalid_argument(
            "usage: rotacast_load MODE --port N --pid PID …, MODE one of: " +
            std::string(mode_names));
    }
    Options options;
    options.mode = mode_of(argv[1]);
    for (int i = 2; i < argc; i += 2) {
        const auto setter = setters().find(argv[i]);
        if (setter == setters().end()) {
            throw std::invalid_argument(std::string("unknown option ") + argv[i]);
        }
        if (i + 1 == argc) throw std::invalid_argument(std::string(argv[i]) + " needs a value");
        setter->second(options, argv[i + 1]);
    }
    if (options.port == 0) throw std::invalid_argument("--port is missing");
    if (options.server_pid == 0) throw std::invalid_argument("--pid is missing");
    if (options.publish_port == 0) options.publish_port = options.port;
    if (options.schedules == 0) throw std::invalid_argument("--schedules is at least 1");
    if (options.selections == 0) throw std::invalid_argument("--selections is at least 1");
    if (options.drain_window_s == 0) throw std::invalid_argument("--drain-window-s is at least 1");
    if (options.tokens.empty()) options.tokens.emplace_back("none");
    return options;
}

}  // namespace rotacast::bench

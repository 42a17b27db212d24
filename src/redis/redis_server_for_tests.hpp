#pragma once

// For tests: Redis servers and sentinels of their own, each in its own folder and on its own
// loopback port, ended by their process id; and the run of a coroutine with a deadline.

#include "redis/sentinel.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rotacast::redis::testing {

using namespace std::chrono_literals;

/// Only a defect makes anything here last so long.
inline constexpr auto patience = 30s;

/// Runs `io` until the coroutine has returned, and returns its value.
template <class T>
T await(asio::io_context& io, asio::awaitable<T> coroutine) {
    std::optional<T> result;
    std::exception_ptr fault;
    asio::co_spawn(io, std::move(coroutine), [&](const std::exception_ptr& broken, T value) {
        fault = broken;
        result.emplace(std::move(value));
    });
    const auto end = std::chrono::steady_clock::now() + patience;
    io.restart();
    while (!result && io.run_one_until(end) > 0) {
    }
    if (fault) std::rethrow_exception(fault);
    if (!result) throw std::runtime_error("nothing came of it in time");
    return std::move(*result);
}

/// Runs `io` until `holds()`. False if it never does.
template <class Condition>
bool run_until(asio::io_context& io, const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        io.restart();
        io.run_for(5ms);
    }
    return true;
}

/// A port that was free a moment ago, below 50000: with --cluster-enabled, Redis adds 10000 to it.
inline std::uint16_t free_port() {
    static auto next = static_cast<std::uint16_t>(20'000 + ::getpid() % 29'000);
    for (int i = 0; i < 10'000; ++i) {
        if (++next >= 50'000) next = 20'000;
        const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(next);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool is_free =
            ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(probe);
        if (is_free) return next;
    }
    throw std::runtime_error("no port is free");
}

/// A running redis-server. It answers when the constructor returns, and is killed with it.
class RedisServer {
  public:
    enum class Kind { server, sentinel };

    /// `lines` are added to its redis.conf; those of tls_lines() come first.
    explicit RedisServer(std::vector<std::string> lines = {}, Kind kind = Kind::server)
        : lines_(std::move(lines)), kind_(kind) {
        auto pattern = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder");
        folder_ = pattern;
        for (int attempt = 0; attempt < 20; ++attempt) {
            port_ = free_port();
            start();
            if (is_up()) return;
            kill();
        }
        throw std::runtime_error("redis-server does not start: " + log());
    }
    /// Makes it serve TLS, and nothing else, with these files.
    static std::vector<std::string> tls_lines(const std::string& certificate,
                                              const std::string& key) {
        return {"tls-cert-file " + certificate,
                "tls-key-file " + key,
                "tls-ca-cert-file " + certificate,
                "tls-auth-clients no"};
    }
    ~RedisServer() {
        kill();
        std::filesystem::remove_all(folder_);
    }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    std::uint16_t port() const { return port_; }
    Address address() const { return {"127.0.0.1", port_}; }
    ConnectionOptions options() const {
        ConnectionOptions options;
        options.address = address();
        return options;
    }

    /// SIGKILL.
    void kill() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    /// After kill(), with the same port and files.
    void restart() {
        start();
        if (!is_up()) throw std::runtime_error("redis-server does not start again: " + log());
    }
    /// Stops it, so that it keeps its connections and answers nothing; or lets it go on.
    void freeze() { ::kill(process_, SIGSTOP); }
    void thaw() { ::kill(process_, SIGCONT); }

    /// Waits until its log has this text.
    void wait_for(std::string_view text) const {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (log().find(text) == std::string::npos) {
            if (std::chrono::steady_clock::now() > end) throw std::runtime_error(log());
            std::this_thread::sleep_for(5ms);
        }
    }

    std::string log() const {
        std::ifstream in(folder_ / "log");
        return {std::istreambuf_iterator<char>(in), {}};
    }

  private:
    void start() {
        write_configuration();
        const auto file = (folder_ / "redis.conf").string();
        const char* as_sentinel = kind_ == Kind::sentinel ? "--sentinel" : nullptr;
        process_ = ::fork();
        if (process_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::execlp("redis-server", "redis-server", file.c_str(), as_sentinel, nullptr);
        ::_exit(127);
    }

    bool is_tls() const { return !lines_.empty() && lines_.front().starts_with("tls-cert-file"); }

    void write_configuration() {
        std::filesystem::remove(folder_ / "log");
        const auto file = folder_ / "redis.conf";
        // A sentinel rewrites its own.
        if (std::filesystem::exists(file) && kind_ == Kind::sentinel && was_up_) return;
        std::ofstream out(file);
        out << (is_tls() ? "port 0\ntls-port " : "port ") << port_ << "\nbind 127.0.0.1\ndir "
            << folder_.string() << "\nlogfile " << (folder_ / "log").string() << "\ndaemonize no\n";
        if (kind_ == Kind::server) out << "save \"\"\nappendonly no\nrepl-diskless-sync-delay 0\n";
        for (const auto& line : lines_) out << line << '\n';
    }

    /// Waits until the log says so, or until the process has ended: the port was taken.
    bool is_up() {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < end) {
            if (::waitpid(process_, nullptr, WNOHANG) == process_) {
                process_ = 0;
                return false;
            }
            const auto text = log();
            if (text.find(kind_ == Kind::sentinel ? "Sentinel ID is"
                                                  : "Ready to accept connections") != text.npos) {
                was_up_ = true;
                return true;
            }
            std::this_thread::sleep_for(5ms);
        }
        return false;
    }

    std::vector<std::string> lines_;
    Kind kind_;
    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
    bool was_up_ = false;
};

}  // namespace rotacast::redis::testing

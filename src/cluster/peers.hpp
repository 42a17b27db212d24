#pragma once

// What the nodes of a cluster tell each other besides the order of events: facts, which every node
// keeps (docs/adr/0058), and notes, which are true as long as their node lives (docs/adr/0058). On
// a connection to Redis of its own, so that neither waits for the other.

#include "base/error.hpp"
#include "cluster/fact_encoding.hpp"
#include "cluster/fact_exchange.hpp"
#include "cluster/note_encoding.hpp"
#include "cluster/note_exchange.hpp"
#include "redis/kept_connection.hpp"
#include "redis/script_loading.hpp"
#include "store/sqlite_facts.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace rotacast::cluster {

namespace asio = boost::asio;

struct PeersOptions {
    FactExchangeOptions facts;
    FactKeys fact_keys{"rotacast"};
    NoteExchangeOptions notes;  ///< `node` is made up
    NoteKeys note_keys{"rotacast"};
    /// Connects to the primary; called on the thread `peers`.
    redis::KeptConnection::Open open;
};

/// Has a thread, `peers`, on which it reads and writes the directory's file. Its methods are for
/// the owner's thread, except where they say otherwise.
class Peers {
  public:
    /// `path`: of the directory's file. Does not wait for Redis. Errors: `unavailable` if the file
    /// cannot be used.
    static Result<std::unique_ptr<Peers>> open(const std::string& path, PeersOptions options);
    ~Peers();

    /// A note of another node. `node` is the same for all notes of one process; `rest` is the
    /// note's name after its subject. nullopt: withdrawn, or the node has died. On the thread
    /// `peers`.
    using OnNote = std::function<void(
        const std::string& node, const std::string& rest, const NoteValue& value)>;
    /// Who is told of notes whose names are `<subject>:<rest>`. Before start().
    void on_notes(const std::string& subject, OnNote on_note);
    /// This node's note from now on; nullopt withdraws it. Thread: any, until stop().
    void put_note(std::string name, NoteValue value);

    void start();
    /// Called on the thread `peers` after facts of other nodes were stored. Before start().
    void on_merged(std::function<void(const std::vector<store::Fact>&)> merged) {
        on_merged_ = std::move(merged);
    }
    /// Returns when this node knows all facts that Redis has, or when Redis cannot be used now, or
    /// after `patience`. True: it knows them.
    bool wait_for_facts(std::chrono::milliseconds patience);
    /// Withdraws this node's notes, if Redis answers soon, and ends the thread. Idempotent.
    void stop();

  private:
    Peers(std::unique_ptr<store::SqliteFacts> store, PeersOptions options);

    redis::KeptConnection::Events connection_events();
    void connected();
    void tick();
    void run();
    void show_progress(bool is_refused);
    /// Runs a script. `take` gets its answer, on the thread; if it fails, the connection is
    /// replaced.
    void call(std::string_view script,
              const std::function<void(redis::Command&)>& add_words,
              std::function<Result<void>(const redis::Reply&)> take);

    void carry_out(const ReadFacts& action);
    void carry_out(const ExchangeFacts& action);
    void carry_out(const MergeFacts& action);
    void carry_out(const ExchangeNotes& action);
    void carry_out(const TellNotes& action);
    template <class Exchange>
    bool carry_out_all(Exchange& exchange);
    void local_failed(const Error& error);

    const PeersOptions options_;
    std::function<void(const std::vector<store::Fact>&)> on_merged_;
    std::unique_ptr<store::SqliteFacts> store_;
    FactExchange facts_;
    NoteExchange notes_;
    std::unordered_map<std::string, OnNote> on_notes_;  // by subject
    asio::io_context context_{1};
    asio::steady_timer ticks_;
    const std::shared_ptr<redis::KeptConnection> connection_;
    redis::ScriptDigests digests_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::mutex progress_mutex_;
    std::condition_variable progress_changed_;
    bool is_caught_up_ = false;
    bool is_refused_ = false;
    std::thread thread_;
};

}  // namespace rotacast::cluster

#pragma once

// What a node tells the others for as long as it lives, such as who is connected to it
// (docs/adr/0058). A note is a name and a value; a node writes only its own. Redis holds the notes
// of the nodes whose lease is not over; a node renews its lease with each call. When it leaves or
// dies, its notes are withdrawn everywhere.
//
// A node writes under the name of its present life, `<node>.<number>`. It begins another life when
// Redis no longer has the former, so that nobody takes what was left of that for true.

#include "cluster/script_calls.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rotacast::cluster {

struct NoteExchangeOptions {
    /// Of this process: no other one has it, also not the one before.
    std::string node = {};
    Milliseconds lease{5'000};
    // Of one call.
    std::size_t puts_max = 500;
    std::size_t notes_max = 500;
    /// Between two calls.
    Milliseconds interval{150};
    /// After so long without an answer everything is read again, because Redis may have forgotten
    /// what was withdrawn meanwhile.
    Milliseconds silence_max{30'000};
};

/// nullopt: withdrawn.
using NoteValue = std::optional<std::string>;

/// The script exchange_notes.lua -> answered(), must_begin() or, after `leaves`, nothing; if it
/// fails, disconnected().
struct ExchangeNotes {
    std::string life;
    bool begins = false;
    bool leaves = false;
    Milliseconds lease{0};
    std::uint64_t after = 0;
    std::size_t notes_max = 0;
    std::vector<std::pair<std::string, NoteValue>> puts;
};

struct Note {
    std::string by;  ///< another node: in Redis' answers its life, otherwise without the number
    std::string name;
    NoteValue value;

    bool operator==(const Note&) const = default;
};

struct ExchangedNotes {
    std::uint64_t number = 0;  ///< of the newest change in Redis
    std::uint64_t up_to = 0;   ///< of the last change among `notes`
    std::vector<std::string> lives;
    std::vector<Note> notes;
};

/// What others said or withdrew, in this order. What a node goes on saying in its next life was not
/// withdrawn.
struct TellNotes {
    std::vector<Note> notes;
};

using NoteAction = std::variant<ExchangeNotes, TellNotes>;

/// Pure: no Redis, no clock. Thread: one at a time. After every input, take_actions() and carry
/// them out. Its memory is bounded by the notes that are valid.
class NoteExchange {
  public:
    explicit NoteExchange(NoteExchangeOptions options) : options_(std::move(options)) {}

    /// This node's note of that name from now on. Told with the next call.
    void put(const std::string& name, NoteValue value);
    /// Withdraws everything at once, if Redis can be reached. Nothing is told any more.
    void leave();

    /// Time that only goes on, from any beginning. While Redis cannot be reached, the others' notes
    /// are withdrawn after the lease.
    void tick(Milliseconds now);
    /// `identity`: of the Redis process and its replication; another one may have former notes.
    void connected(const std::string& identity);
    void disconnected();
    void answered(ExchangedNotes answer);
    /// Redis does not know this life.
    void must_begin();

    std::vector<NoteAction> take_actions() { return std::exchange(actions_, {}); }

  private:
    using Names = std::set<std::string>;

    void begin_life();
    void read_all_again();
    void send();
    void take(Note note, std::vector<Note>& told);
    void withdraw_all(const std::string& life, const Names& names, std::vector<Note>& told);
    bool says_in_another_life(const std::string& life, const std::string& name) const;
    void tell(std::vector<Note> told);
    std::string life() const { return options_.node + '.' + std::to_string(life_); }

    const NoteExchangeOptions options_;
    std::vector<NoteAction> actions_;
    std::map<std::string, std::string> own_;
    Names untold_;   // own notes that Redis may not have
    Names telling_;  // those of the call under way
    std::map<std::string, Names> others_;
    std::map<std::string, Names> unseen_;  // of a reading from the beginning: not found yet
    std::string identity_;
    std::uint64_t life_ = 0;
    std::uint64_t read_ = 0;
    bool has_begun_ = false;
    bool is_connected_ = false;
    bool is_waiting_ = false;  // for an answer
    bool has_left_ = false;
    Milliseconds now_{0};
    Milliseconds heard_{0};
    Milliseconds next_at_{0};
};

}  // namespace rotacast::cluster

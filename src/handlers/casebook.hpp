#pragma once

// What the journal says about duties, swaps and absences: who has which duty, who swaps with whom,
// who is away. Events often name a thing only; this knows the people. It reads the journal when it
// is asked, as far as the asker has come, and remembers a bounded number of things. What the
// journal had dropped before the process started is not known.

#include "bus/journal.hpp"
#include "handlers/remembered.hpp"

#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace rotacast::handlers {

/// Identifiers are free text, empty when unknown.
struct Duty {
    std::string person;
    std::string schedule;
    std::string block;
};

struct SwapParties {
    std::string requester;
    std::string target;
};

struct CasebookLimits {
    std::size_t duties_max = 200'000;  ///< two years of a programme with 130 people
    std::size_t swaps_max = 20'000;
    std::size_t absences_max = 20'000;
};

/// Thread: any. The journal must outlive it.
class Casebook {
  public:
    explicit Casebook(bus::Journal& journal, CasebookLimits limits = {});

    /// Knows everything up to and with that entry. Blocks, for as long as reading takes; what was
    /// read stays known when it is stopped. Errors: `unavailable` when the journal cannot be read,
    /// or `stop` was requested.
    Result<void> read_up_to(bus::Offset offset, const std::stop_token& stop);

    /// Each person once.
    std::vector<std::string> assigned_to(const std::string& schedule) const;
    std::vector<std::string> on_duty_in(const std::vector<std::string>& blocks) const;

    /// Empty when unknown.
    Duty duty(const std::string& assignment) const;
    SwapParties parties(const std::string& swap) const;
    std::string absent_person(const std::string& absence) const;

  private:
    void learn(const events::Event& event);

    bus::Journal& journal_;
    mutable std::mutex mutex_;
    bus::Offset read_ = 0;
    Remembered<Duty> duties_;
    Remembered<SwapParties> swaps_;
    Remembered<std::string> absences_;

    friend class Learning;
};

}  // namespace rotacast::handlers

#pragma once

// What must hold in every run, and the trace that tells how it came to be broken.

#include "base/uuid.hpp"
#include "cluster/stream_record.hpp"
#include "simulate/virtual_time.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace rotacast::simulate {

using cluster::Offset;

/// Content is what a publisher means, whatever identifiers an attempt gives it; the digest of each
/// event in a run is unique to its content.
class Ledger {
  public:
    Ledger(const VirtualTime& time, bool tracing) : time_(time), tracing_(tracing) {}

    template <class... Parts>
    void note(const Parts&... parts) {
        if (!tracing_) return;
        std::ostringstream line;
        line << time_.now().count() / 1000 << '.' << time_.now().count() % 1000 / 100 << " ms  ";
        (line << ... << parts);
        trace_.push_back(line.str());
    }

    /// The first violation counts; what comes after it may be its consequence.
    template <class... Parts>
    void violate(const Parts&... parts) {
        std::ostringstream text;
        (text << ... << parts);
        note("VIOLATION ", text.str());
        if (!violation_) violation_ = text.str();
    }

    /// A node or a client has seen this event under this cursor: nobody may see another.
    void seen(const std::string& epoch, Offset offset, const Uuid& event_id, const std::string& by);

    /// A publisher was answered: the content must be in the order in the end.
    void promise(const std::string& digest) { promised_.insert(digest); }
    void check_order(const std::vector<cluster::StreamRecord>& order);

    const std::optional<std::string>& violation() const { return violation_; }
    const std::vector<std::string>& trace() const { return trace_; }
    std::size_t promised() const { return promised_.size(); }

  private:
    const VirtualTime& time_;
    bool tracing_;
    std::map<std::string, std::unordered_map<Offset, Uuid>> seen_;
    std::set<std::string> promised_;
    std::optional<std::string> violation_;
    std::vector<std::string> trace_;
};

}  // namespace rotacast::simulate

#pragma once

// One node's part in dividing the subscribers of the bus between the nodes (docs/adr/0060). Of each
// subscriber one node has the duty. Its lease is in Redis, and so is a copy of its position and
// rows; who takes a duty first takes over the copy, and who has it keeps the copy up to date.

#include "cluster/copy_queue.hpp"
#include "cluster/script_calls.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rotacast::cluster {

struct DutyOptions {
    /// After that time without a sign others may take a duty.
    Milliseconds lease{3'000};
    /// This node starts nothing in the last part of a lease, because a commit may take that long.
    Milliseconds margin{500};
    Milliseconds interval{500};
    /// Instead of the interval, while there are duties that nobody has.
    Milliseconds hurry{100};
    /// A duty without a handler is kept for so long: the subscriber may come back, or be deleted
    /// with its copy.
    Milliseconds linger{2'000};
    /// Before the file is asked once more to take over a copy.
    Milliseconds pause{50};
    // Rows of one call, and those that wait for a call; beyond these the whole is written again.
    std::size_t part_rows = 256;
    std::size_t rows_max = 10'000;
};

struct DutyClaim {
    std::string subscriber;
    std::uint64_t fence = 0;  ///< 0: the node does not have it
    bool release = false;
    bool forget = false;  ///< deletes the copy, unless another node has the duty

    bool operator==(const DutyClaim&) const = default;
};

enum class DutyState : std::uint8_t {
    held,       ///< prolonged
    taken,      ///< free, and now this node's
    free,       ///< nobody's; this node may ask again
    other,      ///< another node's
    lost,       ///< another node's; it was this one's
    released,   ///< given up, as asked
    forgotten,  ///< the copy was deleted, as asked
};

struct DutyAnswer {
    std::string subscriber;
    DutyState state = DutyState::free;
    std::uint64_t fence = 0;
    /// held: Redis did not know that, so its copy may be old. taken: there is a copy.
    bool flag = false;
    std::string holder;  ///< the other node's id
};

/// The script hold_duties.lua -> answered().
struct HoldDuties {
    std::vector<DutyClaim> claims;
};
/// Reads the copy in Redis -> copy_read().
struct ReadCopy {
    std::string subscriber;
    std::uint64_t fence = 0;
};
using SharedCopy = std::shared_ptr<const store::SubscriberCopy>;
/// Has the dispatcher take it over as soon as its journal reaches so far -> taken_over().
struct TakeOver {
    std::string subscriber;
    std::uint64_t fence = 0;
    SharedCopy copy;  ///< nullptr: there is none; what the node has itself counts
};
/// Reads all rows of the subscriber from the dispatcher's file -> whole_read().
struct ReadWhole {
    std::string subscriber;
    std::uint64_t fence = 0;
};
/// The script write_copy.lua -> written().
struct WriteCopy {
    std::string subscriber;
    std::uint64_t fence = 0;
    CopyPart part;
};
using DutyAction = std::variant<HoldDuties, ReadCopy, TakeOver, ReadWhole, WriteCopy>;

/// Pure: no Redis, no disk, no clock. Thread: one at a time. After every input, take_actions() and
/// carry them out in order. An input that nobody waits for is ignored. If a call to Redis fails,
/// disconnected().
class DutyDivision {
  public:
    explicit DutyDivision(DutyOptions options) : options_(options) {}

    /// Time that only goes on, from any beginning. `wanted`: the subscribers with a handler here.
    void tick(Milliseconds now, const std::set<std::string>& wanted);
    /// `identity`: of the Redis process and its replication; another one may have lost something.
    void connected(const std::string& identity);
    void disconnected();
    /// Gives up all duties, each when Redis has its copy; for a dispatcher that is closed.
    void leave();

    void answered(const std::vector<DutyAnswer>& answers);
    void copy_read(const std::string& subscriber, std::uint64_t fence, SharedCopy copy);
    void taken_over(const std::string& subscriber, std::uint64_t fence, bool is_done);
    void whole_read(const std::string& subscriber,
                    std::uint64_t fence,
                    const std::optional<store::SubscriberCopy>& copy);
    /// `is_kept`: false if another node has the duty.
    void written(const std::string& subscriber, std::uint64_t fence, bool is_kept);

    /// From the dispatcher.
    void running(std::set<std::string> subscribers) { running_ = std::move(subscribers); }
    /// The copy of a subscriber that was deleted must not be taken over.
    void forget(const std::string& subscriber);
    /// nullopt: anything may have changed.
    void changed(std::optional<std::vector<store::SubscriberChanges>> changes);

    std::vector<DutyAction> take_actions() { return std::exchange(actions_, {}); }

    /// The duties whose attempts may start here, with the time until when.
    std::map<std::string, Milliseconds> held() const;
    /// Which other node has a duty, as far as it is known.
    const std::map<std::string, std::string>& others() const { return others_; }
    bool has_none() const { return duties_.empty(); }

  private:
    struct Duty {
        std::uint64_t fence = 0;
        Milliseconds until{0};
        bool is_held = false;  // the copy was taken over
        SharedCopy copy = nullptr;
        std::optional<Milliseconds> take_over_at = std::nullopt;
        std::optional<Milliseconds> unwanted_since = std::nullopt;
        CopyQueue queue;
    };

    bool is_wanted(const std::string& subscriber) const;
    bool is_over(const Duty& duty) const;
    void ask();
    void answer(const DutyAnswer& answer);
    void take_over(const std::string& subscriber, Duty& duty);
    void write(const std::string& subscriber, Duty& duty);
    Duty* find(const std::string& subscriber, std::uint64_t fence);

    const DutyOptions options_;
    std::vector<DutyAction> actions_;
    std::map<std::string, Duty> duties_;
    std::map<std::string, std::string> others_;
    std::set<std::string> wanted_;
    std::set<std::string> running_;
    std::set<std::string> forgetting_;
    std::string identity_;
    bool online_ = false;
    bool leaving_ = false;
    bool asking_ = false;
    Milliseconds now_{0};
    Milliseconds asked_at_{0};
    Milliseconds ask_at_{0};
};

}  // namespace rotacast::cluster

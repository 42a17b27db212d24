#pragma once

// Signs of life, by which the others know of this node and this node of them, and the trimming of
// the stream.

#include "cluster/shared.hpp"

namespace rotacast::cluster {

/// Part of Ordering.
class Upkeep {
  public:
    explicit Upkeep(Shared& shared) : shared_(shared) {}

    void begin();
    void stop();
    void tick();
    /// Says good-bye, if this node is online.
    void leave();

    enum class Taken { not_mine, done, hello_again, stream_is_shorter };
    Taken answered(ActionId id, const ScriptAnswer& answer);

  private:
    SignOfLifeCall sign() const;
    Taken seen(const ScriptAnswer& answer);
    Taken trimmed(const ScriptAnswer& answer);

    Shared& shared_;
    bool running_ = false;
    ActionId sign_ = 0;  // outstanding; 0: none
    ActionId trim_ = 0;
    Offset position_ = 0;  // in that sign
    Milliseconds sign_at_{0};
    Milliseconds trim_at_{0};
    Offset trim_before_ = 0;     // of the last call
    Offset trimmed_before_ = 0;  // what it answered
};

}  // namespace rotacast::cluster

#pragma once

// Subscribers that note what they are given, and batches with a name for each publication.

#include "events/client_events.hpp"
#include "hub/loop_hub.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::hub::for_tests {

// Two encodings that write a publication's cursor: one as it is, the other in brackets.
inline void plain(const Publication& p, std::string& out) {
    out += p.cursor;
}
inline void bracketed(const Publication& p, std::string& out) {
    out += '[' + p.cursor + ']';
}
inline const Encodings encodings{&plain, &bracketed};

class Screen : public Subscriber {
  public:
    explicit Screen(LoopHub& hub, EncodingId form = 0) : Subscriber(form), hub_(hub) {
        hub.attach(*this);
    }
    virtual ~Screen() { leave(); }

    void deliver(const Frame& frame) override {
        seen += frame.bytes;
        frames.push_back(frame);
        if (on_deliver) on_deliver();
    }
    bool journal_broke(Break why, std::string_view before, std::string_view now) override {
        const bool changed = why == Break::epoch_changed;
        seen.append(changed ? "<" : "{").append(before).append(" ").append(now);
        seen.append(changed ? ">" : "}");
        if (on_break) on_break();
        return tells_breaks;
    }
    bool may_receive(const Topic& topic) const override { return topic != forbidden; }
    Uuid user() const override { return {}; }

    void watch(const Topic& topic) { hub_.topics().subscribe(*this, topic); }
    void unwatch(const Topic& topic) { hub_.topics().unsubscribe(*this, topic); }
    void leave() { hub_.detach(*this); }

    std::string seen;
    std::vector<Frame> frames;
    std::function<void()> on_deliver;
    std::function<void()> on_break;
    bool tells_breaks = true;
    std::optional<Topic> forbidden;

  private:
    LoopHub& hub_;
};

inline Topic schedule(std::uint8_t n) {
    Uuid id;
    id.bytes[0] = n;
    return Topic::schedule(id);
}
inline Topic person(std::uint8_t n) {
    return Topic::person(schedule(n).id);
}

inline Publication about(std::string name, std::vector<Topic> topics) {
    return {{}, std::move(name), {}, {}, events::client::SolverComplete{}, std::move(topics)};
}

inline PublicationBatchPtr batch(std::vector<Publication> publications) {
    return std::make_shared<const PublicationBatch>(JournalRange{0, 1, 0, std::move(publications)},
                                                    encodings);
}

// A part of a connection that encodes publications itself.
class Taker : public Subscriber {
  public:
    explicit Taker(LoopHub& hub) : Subscriber(as_publications), hub_(hub) { hub.attach(*this); }
    virtual ~Taker() { hub_.detach(*this); }

    void deliver(const Frame&) override { ADD_FAILURE() << "bytes for one who takes none"; }
    void on_publications(const PublicationSlice& taken) override {
        for (const auto index : taken.indexes) seen += taken.batch->publications()[index].cursor;
    }
    void on_batch_end() override { seen += '.'; }
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return {}; }

    std::string seen;

  private:
    LoopHub& hub_;
};

}  // namespace rotacast::hub::for_tests

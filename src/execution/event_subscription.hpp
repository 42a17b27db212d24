#pragma once

// A subscription to events. Its results are encoded once for all subscriptions with the same
// selection.

#include "execution/event_selection.hpp"
#include "execution/result_template.hpp"
#include "execution/subscription.hpp"
#include "hub/shared_result_cache.hpp"
#include "live/catch_up.hpp"

#include <memory>
#include <optional>
#include <span>

namespace rotacast::execution {

class EventSubscription final : public Subscription, public hub::Subscriber {
  public:
    EventSubscription(Host& host, std::string id, graphql::OperationPtr operation);
    ~EventSubscription() override;

    void start() override;
    void on_tick(Timestamp) override;
    void on_drained() override;
    void tell_gap(std::string& to,
                  std::string_view from,
                  std::string_view to_cursor,
                  std::string_view reason) const override;

  private:
    void deliver(const hub::Frame&) override {}
    void on_publications(const hub::PublicationSlice& taken) override;
    void on_batch_end() override;
    void on_fault() noexcept override { give_up(); }
    bool journal_broke(hub::Break why, std::string_view before, std::string_view now) override;
    bool may_receive(const hub::Topic& topic) const override;
    Uuid user() const override { return host_.principal().user_id; }

    bool may_see(const hub::Topic& topic) const;
    bool may_see(const hub::Publication& publication) const;
    std::span<const std::uint32_t> seen_of(const hub::PublicationSlice& taken) const;
    ResultTemplate& result_template_of(const hub::PublicationSlice& taken,
                                       std::span<const std::uint32_t> seen) const;
    void print(ResultTemplate& to,
               const hub::PublicationSlice& taken,
               std::span<const std::uint32_t> seen,
               hub::SharedResultCache* shared) const;
    void append_result(std::string& to,
                       const hub::PublicationBatchPtr& batch,
                       std::uint32_t index) const;
    void catch_up(const events::Cursor& from);
    void caught_up(const live::CaughtUp& outcome);
    hub::LoopHub& hub() const {
        return host_.environment().sources.hub.on_loop(host_.loop().index());
    }

    std::optional<EventSelection> selection_;  // set in start()
    // Has topics of a kind, which anybody may watch, so each publication must be checked.
    bool looks_at_each_ = false;
    const SelectionInterner::Text selection_text_;  // the interned selection
    const SelectionInterner::Text filter_text_;
    const std::string before_;                 // the text before each result
    std::shared_ptr<live::CatchUp> catch_up_;  // nullptr when not running
};

}  // namespace rotacast::execution

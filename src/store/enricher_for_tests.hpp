#pragma once

// For tests: an enricher that knows, of each schedule, the last entry that named it.

#include "bus/enricher.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::store {

class LastEntryEnricher final : public bus::Enricher {
  public:
    bus::KnownPtr known(const events::Event& event) const override {
        const auto schedule = schedule_of(event);
        auto found = last_.find(schedule);
        auto offset = found == last_.end() ? 0 : found->second;
        for (const auto& [named, at] : learnt_)
            if (named == schedule) offset = at;
        if (offset == 0) return nullptr;
        events::Known known;
        known.swap.emplace().requester_id = std::to_string(offset);
        return std::make_shared<const events::Known>(std::move(known));
    }
    void learn(events::Offset offset, const events::Event& event, const bus::KnownPtr&) override {
        learnt_.emplace_back(schedule_of(event), offset);
    }
    std::vector<std::string> unseen(const events::Event&,
                                    const events::Known* known) const override {
        return known ? std::vector<std::string>{} : std::vector<std::string>{"/nothing_known"};
    }
    std::size_t mark() const override { return learnt_.size(); }
    void roll_back(std::size_t mark) override { learnt_.resize(mark); }
    void commit() override {
        for (const auto& [schedule, offset] : learnt_) {
            last_[schedule] = offset;
            unkept_.insert(schedule);
        }
        learnt_.clear();
    }
    bus::FactSlice facts_to_keep(events::Offset up_to, std::size_t) override {
        bus::FactSlice slice;
        slice.up_to = up_to;
        for (const auto& schedule : unkept_)
            if (last_[schedule] <= up_to)
                slice.facts.push_back({"schedule", schedule, last_[schedule], "{}"});
        kept_ = up_to;
        return slice;
    }
    void facts_are_kept() override {
        std::erase_if(unkept_, [this](const auto& schedule) { return last_[schedule] <= kept_; });
    }
    void reset() override {
        last_.clear();
        learnt_.clear();
        unkept_.clear();
    }
    void restore(const bus::Fact& fact) override { last_[fact.id] = fact.offset; }

  private:
    static std::string schedule_of(const events::Event& event) {
        const auto* archived = std::get_if<events::ScheduleArchived>(&event);
        return archived ? archived->schedule_id : std::string();
    }

    std::map<std::string, events::Offset> last_;
    std::vector<std::pair<std::string, events::Offset>> learnt_;
    std::set<std::string> unkept_;
    events::Offset kept_ = 0;
};

/// What LastEntryEnricher said of an entry; empty: nothing.
inline std::string last_named(const bus::KnownPtr& known) {
    return known && known->swap ? known->swap->requester_id.value_or("") : std::string();
}

}  // namespace rotacast::store

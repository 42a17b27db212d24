#include "cluster/fact_exchange.hpp"

namespace rotacast::cluster {

void FactExchange::connected(const std::string& identity) {
    identity_ = identity;
    if (identity != settled_with_) begin_anew();
    step_ = Step::idle;
    next_at_ = now_;
}

void FactExchange::disconnected() {
    step_ = Step::offline;
    caught_up_ = false;
}

void FactExchange::begin_anew() {
    settled_with_.clear();
    caught_up_ = false;
    put_ = 0;
    read_ = 0;
}

void FactExchange::tick(Milliseconds now) {
    now_ = now;
    if (step_ == Step::idle && now_ >= next_at_) begin();
}

void FactExchange::begin() {
    step_ = Step::reading;
    actions_.emplace_back(ReadFacts{put_, options_.changes_max});
}

void FactExchange::local_read(store::FactBatch batch) {
    if (step_ != Step::reading) return;
    step_ = Step::exchanging;
    putting_ = batch.up_to;
    more_ = batch.more;
    actions_.emplace_back(ExchangeFacts{read_, options_.facts_max, std::move(batch.facts)});
}

void FactExchange::answered(ExchangedFacts answer) {
    if (step_ != Step::exchanging) return;
    // Redis was emptied without being restarted.
    if (answer.number < read_) {
        begin_anew();
        return begin();
    }
    step_ = Step::merging;
    reading_ = answer.up_to;
    more_ = more_ || answer.up_to < answer.number;
    actions_.emplace_back(MergeFacts{std::move(answer.facts)});
}

void FactExchange::merged() {
    if (step_ != Step::merging) return;
    put_ = putting_;
    read_ = reading_;
    if (more_) return begin();
    settled_with_ = identity_;
    caught_up_ = true;
    step_ = Step::idle;
    next_at_ = now_ + options_.interval;
}

void FactExchange::local_failed() {
    if (step_ != Step::reading && step_ != Step::merging) return;
    step_ = Step::idle;
    next_at_ = now_ + options_.pause;
}

}  // namespace rotacast::cluster

#include "execution/result_template.hpp"

#include "hub/subscriber.hpp"

#include <algorithm>

namespace rotacast::execution {

ResultTemplate::ResultTemplate(const hub::PublicationBatchPtr& batch) {
    restart(batch);
}

void ResultTemplate::restart(const hub::PublicationBatchPtr& batch) {
    of_ = batch.get();
    slice_.batch = batch;
    slice_.form = hub::as_publications;
    slice_.indexes.clear();
    bytes_.clear();
    heads_.clear();
}

void ResultTemplate::add(std::uint32_t index, std::size_t head_at) {
    if (slice_.indexes.empty()) slice_.before = of_->position_before(index);
    slice_.last = of_->publications()[index].position;
    slice_.indexes.push_back(index);
    heads_.push_back(head_at);
}

hub::Frame ResultTemplate::rendered(std::string_view head) {
    // Not std::ranges::copy: gcc 12 makes that a loop over single bytes at -O2.
    for (const auto at : heads_) head.copy(bytes_.data() + at, head.size());
    return {nullptr, bytes_, &slice_};
}

bool ResultTemplateCache::Known::answers(const hub::PublicationBatchPtr& batch,
                                         const Question& question) const {
    return selection == question.selection && filter == question.filter &&
           encoder == &question.encoder && framing == question.framing &&
           head_size == question.head_size && result_template->is_of(batch) &&
           std::ranges::equal(indexes, question.indexes);
}

ResultTemplate* ResultTemplateCache::known_to(const hub::PublicationBatchPtr& batch,
                                              const Question& question) {
    const auto found = std::ranges::find_if(
        known_, [&](const Known& known) { return known.answers(batch, question); });
    return found == known_.end() ? nullptr : found->result_template.get();
}

ResultTemplate& ResultTemplateCache::add(const hub::PublicationBatchPtr& batch,
                                         const Question& question) {
    // Left over if the last subscriber of an earlier batch detached during its delivery.
    if (!known_.empty() && !known_.front().result_template->is_of(batch)) known_.clear();
    if (full()) return spare(batch);
    known_.push_back({question.selection,
                      question.filter,
                      &question.encoder,
                      question.framing,
                      question.head_size,
                      {question.indexes.begin(), question.indexes.end()},
                      std::make_unique<ResultTemplate>(batch)});
    return *known_.back().result_template;
}

bool ResultTemplateCache::full() const {
    std::size_t bytes = 0;
    for (const auto& known : known_) bytes += known.result_template->size();
    return known_.size() == kept_max || bytes >= bytes_max;
}

ResultTemplate& ResultTemplateCache::spare(const hub::PublicationBatchPtr& batch) {
    if (spare_)
        spare_->restart(batch);
    else
        spare_ = std::make_unique<ResultTemplate>(batch);
    return *spare_;
}

}  // namespace rotacast::execution

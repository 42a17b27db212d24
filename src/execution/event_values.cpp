#include "execution/event_values.hpp"

#include "execution/event_selection.hpp"

#include <utility>

namespace rotacast::execution {

const graphql::json::value* EventValues::of(const hub::PublicationBatchPtr& batch,
                                            std::uint32_t index,
                                            std::string_view root_field) {
    if (batch_.owner_before(batch) || batch.owner_before(batch_)) {
        values_.assign(batch->publications().size(), std::nullopt);
        batch_ = batch;
    }
    const bool special = is_special(root_field);
    auto& value = special ? special_ : values_[index];
    if (!value || special) {
        auto data = data_for(root_field, batch->publications()[index]);
        value = data ? Value(std::move(*data)) : std::nullopt;
    }
    return value ? &*value : nullptr;
}

void EventValues::forget() {
    batch_.reset();
    values_.clear();
}

}  // namespace rotacast::execution

#include "store/pending_append.hpp"

namespace rotacast::store {

Result<PendingAppend> prepare(bus::AppendRequest request) {
    if (request.envelopes.empty())
        return Error{ErrorCode::empty_request, "There is no event in the request.", ""};
    PendingAppend pending;
    pending.bodies.reserve(request.envelopes.size());
    for (std::size_t i = 0; i < request.envelopes.size(); ++i) {
        const auto& envelope = request.envelopes[i];
        if (!envelope.metadata.event_id)
            return Error{ErrorCode::missing_field,
                         "An event reached the journal without an identifier.",
                         '/' + std::to_string(i) + "/metadata/event_id"};
        pending.bodies.push_back(events::to_stored_json(envelope));
        pending.bytes += pending.bodies.back().size();
    }
    pending.known.resize(request.envelopes.size());
    pending.request = std::move(request);
    return pending;
}

}  // namespace rotacast::store

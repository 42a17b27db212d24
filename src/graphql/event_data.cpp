#include "graphql/event_data.hpp"

#include "graphql/schema_of.hpp"
#include "graphql/to_data.hpp"

namespace rotacast::graphql {
namespace {

namespace client = events::client;

template <class E>
std::optional<json::object> shown(const E& event) {
    if constexpr (requires { to_notification(event); }) {
        return shown(to_notification(event));
    } else if constexpr (is_live_event<E>) {
        json::object data;
        data.reserve(reflect::description_of<E>.size + 4);
        data.emplace("__typename", type_name<E>());
        add_members(data, event);
        return data;
    } else {
        return std::nullopt;
    }
}

}  // namespace

SwapNotification to_notification(const client::SwapRequested& event) {
    return {event.swap_id,
            event.requester_id,
            event.target_person_id,
            event.swap_type,
            event.status.value_or("pending"),
            event.affected_assignments,
            event.message,
            std::nullopt};
}

SwapNotification to_notification(const client::SwapApproved& event) {
    return {event.swap_id,
            event.requester_id,
            event.target_person_id,
            event.swap_type.value_or(""),
            event.status.value_or("approved"),
            event.affected_assignments,
            event.message,
            event.approved_by};
}

std::optional<json::object> data_of(const events::ClientEvent& event,
                                    std::string_view cursor,
                                    const Uuid& event_id,
                                    Timestamp timestamp) {
    auto data = std::visit([](const auto& e) { return shown(e); }, event);
    if (!data) return std::nullopt;
    data->emplace("timestamp", to_data(timestamp));
    data->emplace("cursor", cursor);
    data->emplace("eventId", to_data(event_id));
    return data;
}

}  // namespace rotacast::graphql

#include "store/same_event.hpp"

#include "events/event.hpp"
#include "reflect/json.hpp"

namespace rotacast::store {
namespace {

/// Encoded as this version stores it; earlier versions wrote nulls.
std::string renewed(std::string_view body) {
    const auto parsed = reflect::parse_json(body);
    const auto envelope = parsed ? events::restore_envelope(*parsed) : parsed.error();
    return envelope ? events::to_stored_json(*envelope) : std::string(body);
}

boost::json::value without_stamps(std::string_view body) {
    auto parsed = reflect::parse_json(body);
    if (!parsed || !parsed->is_object()) return {};
    if (auto* metadata = parsed->get_object().if_contains("metadata"))
        if (auto* members = metadata->if_object())
            for (const char* stamp : {"timestamp", "correlation_id"}) members->erase(stamp);
    return std::move(*parsed);
}

}  // namespace

bool is_same_event(std::string_view stored, std::string_view body) {
    return stored == body || without_stamps(renewed(stored)) == without_stamps(body);
}

}  // namespace rotacast::store

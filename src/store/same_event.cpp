#include "store/same_event.hpp"

#include "reflect/json.hpp"

namespace rotacast::store {
namespace {

boost::json::value without_stamps(std::string_view body) {
    auto parsed = reflect::parse_json(body);
    if (!parsed || !parsed->is_object()) return {};
    if (auto* metadata = parsed->get_object().if_contains("metadata"))
        if (auto* members = metadata->if_object())
            for (const char* stamp : {"timestamp", "correlation_id"}) members->erase(stamp);
    return std::move(*parsed);
}

}  // namespace

bool is_same_event(std::string_view one, std::string_view other) {
    return one == other || without_stamps(one) == without_stamps(other);
}

}  // namespace rotacast::store

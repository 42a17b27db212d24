#include "bridge/payload.hpp"
#include "reflect/json.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace rotacast::bridge {
namespace {

namespace json = boost::json;

enum class Form : std::uint8_t {
    id,        ///< required
    maybe_id,  ///< null and "" are no id
    maybe,     ///< any value or null
    text,
    word,  ///< a text out of a vocabulary
    count,
    list,
};

struct Field {
    std::string_view key;
    Form form = Form::maybe;
    std::string_view words = {};  ///< of Form::word, separated by blanks
};

constexpr Field schedule_fields[]{
    {"schedule_id", Form::maybe_id},
    {"academic_year_id", Form::maybe_id},
    {"user_id", Form::maybe_id},
    {"update_type", Form::word, "generated modified regenerated"},
    {"affected_blocks_count", Form::count},
    {"message", Form::text},
    {"timestamp", Form::maybe},
};
constexpr Field assignment_fields[]{
    {"assignment_id", Form::id},
    {"person_id", Form::id},
    {"block_id", Form::id},
    {"rotation_template_id", Form::maybe_id},
    {"change_type", Form::word, "created updated deleted"},
    {"changed_by", Form::maybe_id},
    {"message", Form::text},
    {"timestamp", Form::maybe},
};
constexpr Field request_fields[]{
    {"swap_id", Form::id},
    {"requester_id", Form::id},
    {"target_person_id", Form::maybe_id},
    {"swap_type", Form::word, "one_to_one absorb"},
    {"status", Form::maybe},
    {"affected_assignments", Form::list},
    {"message", Form::text},
    {"timestamp", Form::maybe},
};
// Whatever status an approval says, the original shows `approved`.
constexpr Field approval_fields[]{
    {"swap_id", Form::id},
    {"requester_id", Form::id},
    {"target_person_id", Form::maybe_id},
    {"swap_type", Form::word, "one_to_one absorb"},
    {"approved_by", Form::maybe_id},
    {"affected_assignments", Form::list},
    {"message", Form::text},
    {"timestamp", Form::maybe},
};
// Of the severities, the last two are those of the original's GraphQL documentation.
constexpr Field conflict_fields[]{
    {"conflict_id", Form::maybe_id},
    {"person_id", Form::id},
    {"conflict_type", Form::word, "double_booking acgme_violation absence_overlap"},
    {"severity", Form::word, "low medium high critical warning info"},
    {"affected_blocks", Form::list},
    {"message", Form::text},
    {"timestamp", Form::maybe},
};
constexpr Field resilience_fields[]{
    {"alert_type", Form::word, "utilization_high n1_failure n2_failure defense_level_change"},
    {"severity", Form::word, "green yellow orange red black"},
    {"current_utilization", Form::maybe},
    {"defense_level", Form::maybe},
    {"affected_persons", Form::list},
    {"message", Form::text},
    {"recommendations", Form::list},
    {"timestamp", Form::maybe},
};

std::span<const Field> fields_of(Channel channel) {
    switch (channel) {
        case Channel::schedule_updates: return schedule_fields;
        case Channel::assignment_updates: return assignment_fields;
        case Channel::swap_requests: return request_fields;
        case Channel::swap_approvals: return approval_fields;
        case Channel::conflict_alerts: return conflict_fields;
        case Channel::resilience_alerts: return resilience_fields;
    }
    return {};
}

bool is_among(std::string_view word, std::string_view words) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

std::string with_commas(std::string_view words) {
    std::string out;
    for (const char c : words) c == ' ' ? out += ", " : out += c;
    return out;
}

/// What a subscriber of the original takes for a member that is missing or null; nullopt: nothing.
std::optional<json::value> absent(Form form) {
    switch (form) {
        case Form::text:
        case Form::word: return json::value("");
        case Form::count: return json::value(0);
        case Form::list: return json::value(json::array());
        case Form::id:
        case Form::maybe_id:
        case Form::maybe: break;
    }
    return std::nullopt;
}

/// The members that the channel has, completed.
json::object completed(Channel channel, const json::object& payload) {
    json::object out;
    for (const auto& field : fields_of(channel)) {
        const auto* value = payload.if_contains(field.key);
        const bool is_empty = value && value->is_string() && value->get_string().empty();
        if (value && !value->is_null() && !(is_empty && field.form == Form::maybe_id))
            out[field.key] = *value;
        else if (auto instead = absent(field.form))
            out[field.key] = std::move(*instead);
    }
    if (channel != Channel::swap_approvals) return out;
    out["status"] = "approved";
    if (!out.contains("approved_by")) out["approved_by"] = to_string(Uuid{});
    return out;
}

std::vector<std::string> remarks_on(Channel channel, const json::object& members) {
    std::vector<std::string> remarks;
    for (const auto& field : fields_of(channel)) {
        if (field.form != Form::word || is_among(members.at(field.key).as_string(), field.words))
            continue;
        remarks.push_back('/' + std::string(field.key) + " is none of " + with_commas(field.words) +
                          "; it is shown as it is");
    }
    return remarks;
}

}  // namespace

Result<Decoded> decode_payload(Channel channel, std::string_view payload) {
    const auto document = reflect::parse_json(payload);
    if (!document) return document.error();
    const auto* object = document->if_object();
    if (!object)
        return Error{ErrorCode::invalid_field, "A JSON object is expected, as the original's.", ""};
    const json::value members(completed(channel, *object));
    auto decoded = events::decode_broadcast(event_type_of(channel), members);
    if (!decoded) return decoded.error();
    return Decoded{std::move(decoded->envelope), remarks_on(channel, members.get_object())};
}

}  // namespace rotacast::bridge

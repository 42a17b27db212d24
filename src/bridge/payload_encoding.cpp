#include "base/json_text.hpp"
#include "bridge/payload.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace rotacast::bridge {
namespace {

namespace client = events::client;

constexpr std::uint32_t replacement = 0xFFFD;

/// Takes one code point from the front of `text`, which is not empty.
std::uint32_t take_code_point(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    std::size_t size = 1;
    if (first >= 0xF0)
        size = 4;
    else if (first >= 0xE0)
        size = 3;
    else if (first >= 0xC0)
        size = 2;
    std::uint32_t point = first;
    if (size > 1) point &= 0xFFU >> (size + 1);
    bool good = first < 0x80 || (size > 1 && size <= text.size());
    for (std::size_t i = 1; good && i < size; ++i) {
        good = (byte(i) & 0xC0U) == 0x80;
        point = (point << 6U) | (byte(i) & 0x3FU);
    }
    text.remove_prefix(good ? size : 1);
    return good ? point : replacement;
}

void append_escape(std::string& out, std::uint32_t unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) out += digits[(unit >> shift) & 0xFU];
}

/// As json.dumps(ensure_ascii=True): everything but printable ASCII is escaped, in UTF-16.
void append_text(std::string& out, std::string_view text) {
    constexpr std::string_view named = "\"\\\n\r\t\f\b";
    constexpr std::string_view letters = "\"\\nrtfb";
    out += '"';
    while (!text.empty()) {
        const auto point = take_code_point(text);
        const auto known = point < 0x80 ? named.find(static_cast<char>(point)) : named.npos;
        if (known != named.npos) {
            out += '\\';
            out += letters[known];
        } else if (point >= 0x20 && point < 0x7F) {
            out += static_cast<char>(point);
        } else if (point < 0x10000) {
            append_escape(out, point);
        } else {
            append_escape(out, 0xD800 + ((point - 0x10000) >> 10U));
            append_escape(out, 0xDC00 + ((point - 0x10000) & 0x3FFU));
        }
    }
    out += '"';
}

void append_value(std::string& out, const std::string& value) {
    append_text(out, value);
}
void append_value(std::string& out, const Uuid& value) {
    out += '"';
    append_uuid(out, value);
    out += '"';
}
void append_value(std::string& out, std::int64_t value) {
    append_json_integer(out, value);
}
void append_value(std::string& out, double value) {
    append_json_double(out, value);
}
/// datetime.isoformat() of a time in UTC without a zone.
void append_value(std::string& out, Timestamp value) {
    const auto text = to_string(value);
    const auto point = text.find('.');
    out += '"';
    out += std::string_view(text).substr(0, point);
    const auto fraction = std::string_view(text).substr(point, 4);
    if (fraction != ".000") {
        out += fraction;
        out += "000";
    }
    out += '"';
}
template <class T>
void append_value(std::string& out, const std::vector<T>& values) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ", ";
        append_value(out, values[i]);
    }
    out += ']';
}
template <class T>
void append_value(std::string& out, const std::optional<T>& value) {
    if (value)
        append_value(out, *value);
    else
        out += "null";
}

/// Writes the members of one object in the order of the calls.
class ObjectWriter {
  public:
    template <class T>
    ObjectWriter& add(std::string_view key, const T& value) {
        text_ += text_.empty() ? "{\"" : ", \"";
        text_ += key;
        text_ += "\": ";
        append_value(text_, value);
        return *this;
    }
    std::string end() { return std::move(text_) + '}'; }

  private:
    std::string text_;
};

struct Encoder {
    const Timestamp time;

    std::string operator()(const client::ScheduleUpdated& e) const {
        return ObjectWriter()
            .add("schedule_id", e.schedule_id)
            .add("academic_year_id", e.academic_year_id)
            .add("user_id", e.user_id)
            .add("update_type", e.update_type)
            .add("affected_blocks_count", e.affected_blocks_count)
            .add("message", e.message)
            .add("timestamp", time)
            .end();
    }
    std::string operator()(const client::AssignmentChanged& e) const {
        return ObjectWriter()
            .add("assignment_id", e.assignment_id)
            .add("person_id", e.person_id)
            .add("block_id", e.block_id)
            .add("rotation_template_id", e.rotation_template_id)
            .add("change_type", e.change_type)
            .add("changed_by", e.changed_by)
            .add("message", e.message)
            .add("timestamp", time)
            .end();
    }
    std::string operator()(const client::SwapRequested& e) const {
        return ObjectWriter()
            .add("swap_id", e.swap_id)
            .add("requester_id", e.requester_id)
            .add("target_person_id", e.target_person_id)
            .add("swap_type", e.swap_type)
            .add("status", e.status.value_or("pending"))
            .add("affected_assignments", e.affected_assignments)
            .add("message", e.message)
            .add("timestamp", time)
            .end();
    }
    std::string operator()(const client::SwapApproved& e) const {
        const auto approver = e.approved_by == Uuid{} ? std::nullopt : std::optional(e.approved_by);
        return ObjectWriter()
            .add("swap_id", e.swap_id)
            .add("requester_id", e.requester_id)
            .add("target_person_id", e.target_person_id)
            .add("swap_type", e.swap_type.value_or(""))
            .add("status", e.status.value_or("approved"))
            .add("approved_by", approver)
            .add("affected_assignments", e.affected_assignments)
            .add("message", e.message)
            .add("timestamp", time)
            .end();
    }
    std::string operator()(const client::ConflictDetected& e) const {
        return ObjectWriter()
            .add("conflict_id", e.conflict_id)
            .add("person_id", e.person_id)
            .add("conflict_type", e.conflict_type)
            .add("severity", e.severity)
            .add("affected_blocks", e.affected_blocks)
            .add("message", e.message)
            .add("timestamp", time)
            .end();
    }
    std::string operator()(const client::ResilienceAlert& e) const {
        return ObjectWriter()
            .add("alert_type", e.alert_type)
            .add("severity", e.severity)
            .add("current_utilization", e.current_utilization)
            .add("defense_level", e.defense_level)
            .add("affected_persons", e.affected_persons)
            .add("message", e.message)
            .add("recommendations", e.recommendations)
            .add("timestamp", time)
            .end();
    }
    // The original has no channel for these.
    std::string operator()(const client::SolverSolution&) const { return {}; }
    std::string operator()(const client::SolverComplete&) const { return {}; }
    std::string operator()(const events::Notification&) const { return {}; }
};

}  // namespace

std::string encode_payload(const events::ClientEvent& event, Timestamp time) {
    return std::visit(Encoder{time}, event);
}

}  // namespace rotacast::bridge

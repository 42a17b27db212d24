#include "reflect/decode.hpp"

#include <algorithm>
#include <cmath>

namespace rotacast::reflect {

bool Decoder::decode(std::string& to, const json::value& from) {
    const auto* text = from.if_string();
    if (!text) return refuse("a string");
    to.assign(text->data(), text->size());
    return true;
}

bool Decoder::decode(Uuid& to, const json::value& from) {
    const auto* text = from.if_string();
    const auto uuid = text ? Uuid::parse(*text) : std::nullopt;
    if (!uuid) return refuse("a UUID");
    to = *uuid;
    return true;
}

bool Decoder::decode(Timestamp& to, const json::value& from) {
    const auto* text = from.if_string();
    const auto time = text ? parse_timestamp(*text) : std::nullopt;
    if (!time) return refuse("an RFC 3339 date-time such as 2025-12-30T14:23:45.123Z");
    to = *time;
    return true;
}

bool Decoder::decode(bool& to, const json::value& from) {
    const auto* flag = from.if_bool();
    if (!flag) return refuse("true or false");
    to = *flag;
    return true;
}

bool Decoder::decode(std::int64_t& to, const json::value& from) {
    if (const auto* number = from.if_int64()) {
        to = *number;
        return true;
    }
    constexpr double exact_max = 9007199254740992.0;  // 2^53
    const auto* number = from.if_double();
    if (!number || std::trunc(*number) != *number || std::fabs(*number) > exact_max)
        return refuse("an integer");
    to = static_cast<std::int64_t>(*number);
    return true;
}

bool Decoder::decode(double& to, const json::value& from) {
    if (!from.is_number()) return refuse("a number");
    to = from.to_number<double>();
    return true;
}

bool Decoder::decode(json::object& to, const json::value& from) {
    const auto* object = from.if_object();
    if (!object) return refuse("an object");
    to = *object;
    return true;
}

bool Decoder::decode(json::value& to, const json::value& from) {
    to = from;
    return true;
}

const json::value* Decoder::find(const json::object& object,
                                 std::string_view snake,
                                 std::string_view camel,
                                 std::vector<std::string_view>& known) {
    if (const auto* found = object.find(snake); found != object.end()) {
        known.push_back(found->key());
        return &found->value();
    }
    if (camel == snake) return nullptr;
    if (const auto* found = object.find(camel); found != object.end()) {
        known.push_back(found->key());
        return &found->value();
    }
    return nullptr;
}

bool Decoder::note_unknown(const json::object& object, const std::vector<std::string_view>& known) {
    for (const auto& pair : object) {
        if (ignored_.size() == ignored_paths_max) break;
        if (std::ranges::find(known, std::string_view(pair.key())) != known.end()) continue;
        const Step step(*this, pair.key());
        ignored_.push_back(path_);
    }
    return true;
}

bool Decoder::refuse(std::string_view expected) {
    return refuse_as(ErrorCode::invalid_field, "Expected " + std::string(expected) + " here.");
}

bool Decoder::refuse_missing(std::string_view key) {
    const Step step(*this, key);
    return refuse_as(ErrorCode::missing_field, "This field is required.");
}

bool Decoder::refuse_as(ErrorCode code, std::string message) {
    full_ = !add_error(error_, {code, std::move(message), path_});
    return false;
}

bool Decoder::refused_at(std::string_view path_end) const {
    const auto ends_so = [&](const Error& error) { return error.path.ends_with(path_end); };
    return error_ && (ends_so(*error_) || std::ranges::any_of(error_->others, ends_so));
}

Decoder::Step::Step(Decoder& decoder, std::string_view key)
    : decoder_(decoder), length_(decoder.path_.size()) {
    decoder.path_ += '/';
    key = key.substr(0, 128);
    if (key.find_first_of("~/") == std::string_view::npos) {
        decoder.path_ += key;
        return;
    }
    for (const char c : key) {
        if (c == '~')
            decoder.path_ += "~0";
        else if (c == '/')
            decoder.path_ += "~1";
        else
            decoder.path_ += c;
    }
}

Decoder::Step::~Step() {
    decoder_.path_.resize(length_);
}

}  // namespace rotacast::reflect

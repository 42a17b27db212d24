#include "bridge/send_encoding.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace rotacast::bridge {
namespace {

void add(redis::Command& command, const std::optional<bus::Offset>& offset) {
    if (offset)
        command.add(*offset);
    else
        command.add("");
}

/// The text at an index of the reply; empty if there is none.
std::string_view text_at(const redis::Array& array, std::size_t index) {
    const auto* text = index < array.size() ? array[index].text() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

std::optional<std::uint64_t> number_at(const redis::Array& array, std::size_t index) {
    const auto text = text_at(array, index);
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || fault != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

}  // namespace

std::string position_key(const cluster::KeyNames& keys) {
    return keys.tag + "bridge";
}

redis::Command send_command(const std::string& digest,
                            const SendCall& call,
                            const cluster::KeyNames& keys,
                            const Channels& channels) {
    redis::Command command("EVALSHA", digest);
    command.add(2).add(position_key(keys)).add(keys.head);
    command.add(keys.tag).add(call.epoch);
    add(command, call.known);
    add(command, call.begin);
    const auto translation = call.translation.value_or(SendCall::Translation{});
    command.add(translation.from.epoch);
    command.add(translation.from.offset);
    command.add(translation.to);
    command.add(sent_memory.count());
    add(command, call.up_to);
    command.add(call.messages.size());
    for (const auto& message : call.messages)
        command.add(message.offset)
            .add(message.part)
            .add(channels.in_redis(message.channel))
            .add(message.payload)
            .add(to_string(message.id))
            .add(to_string(message.event_id));
    return command;
}

Result<SendAnswer> decode_send_answer(const redis::Reply& reply) {
    const auto* array = reply.array();
    const auto kind = array ? text_at(*array, 0) : std::string_view();
    if (kind == "behind") return SendAnswer(Behind{});
    if (kind == "elsewhere")
        if (const auto offset = number_at(*array, 2))
            return SendAnswer(Elsewhere{{std::string(text_at(*array, 1)), *offset}});
    if (kind == "sent" || kind == "refused") {
        const auto offset = number_at(*array, 1);
        const auto sent = number_at(*array, 2);
        if (offset && sent)
            return SendAnswer(Stands{*offset, *sent, std::string(text_at(*array, 3))});
    }
    return Error{ErrorCode::internal,
                 "Redis answered the bridge's script with " + std::string(kind_of(reply)) +
                     " that it never returns.",
                 ""};
}

}  // namespace rotacast::bridge

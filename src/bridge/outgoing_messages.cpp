#include "bridge/outgoing_messages.hpp"

#include "bridge/message_id.hpp"
#include "bridge/payload.hpp"
#include "projection/projector.hpp"

#include <iterator>
#include <utility>

namespace rotacast::bridge {
namespace {

std::vector<OutgoingMessage> messages_of(const bus::Entry& entry,
                                         const std::string& epoch,
                                         const Channels& channels) {
    std::vector<OutgoingMessage> messages;
    if (entry.publisher == bridge_publisher) return messages;
    for (const auto& publication : projection::project(entry, epoch)) {
        const auto channel = channel_of(publication.event);
        if (!channel || !channels.has(*channel)) continue;
        OutgoingMessage message;
        message.offset = entry.offset;
        message.part = static_cast<std::uint32_t>(messages.size());
        message.channel = *channel;
        message.payload = encode_payload(publication.event, publication.timestamp);
        message.id = message_id(*channel, message.payload);
        message.event_id = entry.envelope.metadata.event_id.value_or(Uuid{});
        messages.push_back(std::move(message));
    }
    return messages;
}

}  // namespace

Prepared prepare(const bus::EntryBatch& batch,
                 const Channels& channels,
                 Timestamp now,
                 const PrepareOptions& options) {
    Prepared prepared;
    std::size_t bytes = 0;
    for (const auto& entry : batch.entries) {
        auto messages = messages_of(entry, batch.epoch, channels);
        if (now - entry.stored_at > options.age_max) {
            prepared.late += messages.size();
            messages.clear();
        }
        for (const auto& message : messages) bytes += message.payload.size();
        if (bytes > options.bytes_max && !prepared.messages.empty()) break;
        std::move(messages.begin(), messages.end(), std::back_inserter(prepared.messages));
        prepared.up_to = entry.offset;
    }
    return prepared;
}

}  // namespace rotacast::bridge

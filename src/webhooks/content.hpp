#pragma once

// What a webhook's receiver gets of an event, in the format that the webhook asks for.

#include "webhooks/cloud_event.hpp"
#include "webhooks/webhook.hpp"

#include <string>
#include <string_view>

namespace rotacast::webhooks {

struct Content {
    std::string type;      ///< media type of the body
    Headers headers = {};  ///< of the format, besides those that every request has
    std::string body = {};
};

/// The same entry yields the same content at every attempt. `source` is that of CloudEvents. The
/// format `rotacast` is `{"event_id","event_type","cursor","stored_at","webhook","event"}`, where
/// `event` is the envelope as publishers send it.
Content content_of(const bus::Entry& entry,
                   const std::string& epoch,
                   const Webhook& webhook,
                   std::string_view source);

/// Event type of the test button's request.
inline constexpr std::string_view ping_type = "rotacast.ping";

/// Of a request that carries no event.
Content ping_content_of(const std::string& id,
                        Timestamp time,
                        const Webhook& webhook,
                        std::string_view source);

}  // namespace rotacast::webhooks

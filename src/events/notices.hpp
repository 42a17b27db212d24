#pragma once

// Events that the handlers in src/handlers/ derive from others. Back ends cannot publish them and
// clients of the classic protocol do not receive them. Webhooks deliver them, and clients of
// rotacast.v1 that subscribe to notifications receive their own.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct Notification {
    static constexpr std::string_view type = "notification";
    static constexpr std::string_view aggregate = "Notification";
    std::string about_id;
    std::string about_type;
    std::string reason;
    Uuid source_event_id;
    std::string priority;
    std::vector<std::string> audience;
    std::string message;
    std::vector<Uuid> recipients;
};
DESCRIBE(Notification,
         "Somebody should know. Goes to its recipients alone, on connections that asked for it.",
         (about_id, "What it is about, as the event that caused it names it."),
         (about_type, "What kind of thing that is: Schedule, Swap and the like."),
         (reason, "Type of the event that caused it."),
         (source_event_id, "That event."),
         (priority, "normal, high or urgent."),
         (audience, "Why this reader: coordinators, swap_target and the like."),
         (message, "A sentence for people."),
         (recipients, "The users who are told.", addressing))

struct CacheInvalidated {
    static constexpr std::string_view type = "CacheInvalidated";
    static constexpr std::string_view aggregate = "Cache";
    std::string about_id;
    std::string about_type;
    Uuid source_event_id;
    std::vector<std::string> keys;
};
DESCRIBE(CacheInvalidated,
         "What back ends remember under these keys is old. For webhooks.",
         (about_id, "What has changed, as the event that caused it names it."),
         (about_type, "What kind of thing that is: Schedule, Swap and the like."),
         (source_event_id, "The event that caused it."),
         (keys, "Keys of the original's cache, as `schedule:{id}`."))

using Derived = mp_list<Notification, CacheInvalidated>;

/// Those that may be shown to clients.
using ShownNotices = mp_list<Notification>;

}  // namespace rotacast::events

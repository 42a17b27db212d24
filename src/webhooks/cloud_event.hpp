#pragma once

// Events as CloudEvents 1.0 (https://github.com/cloudevents/spec, v1.0.2): the attributes, their
// JSON format, and their headers by the HTTP protocol binding.

#include "bus/journal.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotacast::webhooks {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The attributes as text. `subject` and `cursor` are left out when they are empty.
struct CloudEvent {
    std::string id;       ///< of the event; `source` and `id` name it for ever
    std::string source;   ///< a URI reference
    std::string type;     ///< the name of the event type, without a prefix
    std::string subject;  ///< `<aggregate type>/<aggregate id>`
    std::string time;     ///< RFC 3339, when the event happened
    std::string cursor;   ///< an extension: its position in the journal
    std::string data;     ///< JSON
};

/// Its data is the envelope as publishers send it, so that it can be published again.
CloudEvent cloud_event_of(const bus::Entry& entry,
                          const std::string& epoch,
                          std::string_view source);

/// JSON event format §3, with the data as JSON.
std::string structured_text(const CloudEvent& event);

/// HTTP binding §3.1.3, without `Content-Type`, which is that of the data. Characters that a header
/// cannot contain are percent-encoded, as §3.1.3.2 prescribes.
Headers binary_headers(const CloudEvent& event);

}  // namespace rotacast::webhooks

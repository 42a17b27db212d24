#pragma once

// Decodes what back ends publish: events of our own form or CloudEvents, one or several.

#include "api/cloud_event_request.hpp"
#include "events/event.hpp"
#include "http/request_context.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::api {

/// The events of one request.
struct Intake {
    std::vector<events::Decoded> events;
    bool is_array = false;        ///< paths begin with the event's index
    std::string_view members;     ///< the path of an event's own members within it: empty, `/data`
    std::string attributes = {};  ///< what the headers said of the event, as JSON

    /// The path, within the request, of a member of one event.
    std::string path_of(std::size_t event, std::string_view member) const;
};

/// The body of `/api/v1/events`, which has been read; `form`: cloud_event_form(). The error has the
/// others of the request, up to errors_reported_max. Errors: those of events::decode_envelope and
/// events::decode_cloud_event; `bad_json`; `empty_request` and `too_many_events`.
Result<Intake> decode_events(const http::RequestContext& context,
                             CloudEventForm form,
                             std::size_t events_max);

/// The body of `/api/v1/broadcast/{type}`. Errors: those of events::decode_broadcast; `bad_json`.
Result<Intake> decode_one_broadcast(const http::RequestContext& context);

/// `invalid_field` for each member that would be ignored.
Result<void> refuse_ignored(const Intake& intake);

/// An error of the journal, whose paths begin with `/<event>`, with the paths of the request.
Error as_sent(Error error, const Intake& intake);

}  // namespace rotacast::api

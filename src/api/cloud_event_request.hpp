#pragma once

// Recognises CloudEvents in HTTP requests (HTTP protocol binding for CloudEvents v1.0.2).

#include "base/error.hpp"
#include "http/message.hpp"

#include <boost/json/object.hpp>

namespace rotacast::api {

enum class CloudEventForm {
    none,        ///< the request does not carry CloudEvents
    structured,  ///< the body is one (§3.2)
    batch,       ///< the body is an array of them (§3.3)
    binary,      ///< the headers are its attributes, the body is its data (§3.1)
};

/// Decides by Content-Type and the `ce-` headers. `unsupported_media_type`: in a format other than
/// JSON.
Result<CloudEventForm> cloud_event_form(const http::Request& request);

/// The attributes of a CloudEvent in binary mode, as members of its structured form: `ce-` headers,
/// and Content-Type as `datacontenttype`. `invalid_field`, at the attribute's path, for a value
/// that is not percent-encoded UTF-8 (§3.1.3.2) and for an attribute that is there twice.
Result<boost::json::object> cloud_event_attributes(const http::Request& request);

}  // namespace rotacast::api

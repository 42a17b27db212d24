#pragma once

// What requests for live connections have in common, whatever they will speak.

#include "auth/token_source.hpp"
#include "base/error.hpp"
#include "net/admission.hpp"
#include "net/request_context.hpp"
#include "net/services.hpp"

#include <optional>

namespace rotacast::net {

/// Where a script can put it: see auth::find_upgrade_token.
std::optional<auth::FoundToken> find_live_token(const Services& services,
                                                const RequestContext& context);

ErrorCode error_of(AdmissionRefusal refusal);

}  // namespace rotacast::net

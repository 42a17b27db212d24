#pragma once

#include <string>
#include <string_view>

namespace rotacast::app {

/// Text for the user about an HTTP error response; contains the server's message if the body has
/// one, or a line for each of several.
std::string refusal_text(unsigned status, std::string_view body);

}  // namespace rotacast::app

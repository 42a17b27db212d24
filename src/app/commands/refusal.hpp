#pragma once

#include <string>
#include <string_view>

namespace rotacast::app {

/// What a server's refusal says, if it can be understood, for people.
std::string refusal_text(unsigned status, std::string_view body);

}  // namespace rotacast::app

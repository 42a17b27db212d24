#pragma once

// The ways in which publications leave over WebSockets: a dialect's text in a frame of ours.

#include "hub/publication.hpp"

namespace rotacast::net {

enum WireForm : hub::FormId { classic_snake, classic_camel };

const hub::WireForms& wire_forms();

}  // namespace rotacast::net

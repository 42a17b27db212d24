#pragma once

#include "graphql/plan.hpp"

namespace rotacast::graphql {

/// The value of a step `__schema` or `__type` at the root (September 2025, 4.2). False when the
/// answer's introspection, of which `bytes_left` may still be written, would be too long; then
/// something is written, but not all.
bool append_introspection(std::string& out,
                          const Plan& plan,
                          const Step& step,
                          std::size_t& bytes_left);

}  // namespace rotacast::graphql

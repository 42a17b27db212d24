#pragma once

#include "graphql/plan.hpp"

namespace rotacast::graphql {

/// Appends the value of a step `__schema` or `__type` at the root (September 2025, 4.2). Returns
/// false if the text would exceed `bytes_left`, the rest of the response's budget for
/// introspection; an incomplete part is then written.
bool append_introspection(std::string& out,
                          const Plan& plan,
                          const Step& step,
                          std::size_t& bytes_left);

}  // namespace rotacast::graphql

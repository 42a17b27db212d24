#pragma once

#include <string_view>

namespace rotacast {

/// Equal to project(VERSION) in CMakeLists.txt; tests/house_test.cpp compares them.
inline constexpr std::string_view version = "0.1.0";

}  // namespace rotacast

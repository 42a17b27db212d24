#pragma once

// For the places where whatever an exception leaves has to end there: what it was, for the log.

#include <cxxabi.h>

#include <typeinfo>

namespace rotacast {

/// The type's name of the exception that is being handled; its text may hold what no log should.
/// Static lifetime.
inline const char* fault_name() noexcept {
    const auto* type = abi::__cxa_current_exception_type();
    return type ? type->name() : "unknown";
}

}  // namespace rotacast

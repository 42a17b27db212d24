#pragma once

// For tests: makes an event from the values of its first members, in their order.

#include "reflect/describe.hpp"

#include <type_traits>
#include <utility>

namespace rotacast::events {

/// Placeholder for a member that keeps its initializer.
struct AsItIs {};
inline constexpr AsItIs as_it_is{};

template <class E, class... Values>
E with(Values... values) {
    E event{};
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        const auto set = [&](const auto& member, auto& value) {
            if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, AsItIs>)
                event.*member.pointer = std::move(value);
        };
        (set(std::get<i>(reflect::description_of<E>.members), values), ...);
    }
    (std::index_sequence_for<Values...>());
    return event;
}

}  // namespace rotacast::events

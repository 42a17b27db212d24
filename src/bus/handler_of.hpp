#pragma once

// Converts a function of events to a Handler. The type of its first argument selects the events:
// `const E&`, `const std::variant<E1, E2>&`, or, if the types are given explicitly, anything that
// can be called with each of them. A HandlerContext& may follow. The function returns Outcome or
// void.

#include "bus/subscription.hpp"

#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <type_traits>
#include <variant>

namespace rotacast::bus {

namespace detail {

template <class F>
struct FirstArgument : FirstArgument<decltype(&F::operator())> {};
template <class R, class A, class... Rest>
struct FirstArgument<R (*)(A, Rest...)> {
    using type = std::remove_cvref_t<A>;
};
template <class C, class R, class A, class... Rest>
struct FirstArgument<R (C::*)(A, Rest...)> : FirstArgument<R (*)(A, Rest...)> {};
template <class C, class R, class A, class... Rest>
struct FirstArgument<R (C::*)(A, Rest...) const> : FirstArgument<R (*)(A, Rest...)> {};

template <class T>
struct TypesOf {
    using type = boost::mp11::mp_list<T>;
};
template <class... E>
struct TypesOf<std::variant<E...>> {
    using type = boost::mp11::mp_list<E...>;
};

/// The event types that the argument of F selects.
template <class F>
using SubscribedTypes =
    typename TypesOf<typename FirstArgument<std::remove_cvref_t<F>>::type>::type;

template <class F, class Argument>
Outcome call(F& function, const Argument& argument, HandlerContext& context) {
    const auto with = [&](auto&&... arguments) -> Outcome {
        using R = std::invoke_result_t<F&, decltype(arguments)...>;
        static_assert(std::is_void_v<R> || std::same_as<std::remove_cvref_t<R>, Outcome>,
                      "a handler returns bus::Outcome or nothing");
        if constexpr (std::is_void_v<R>) {
            function(std::forward<decltype(arguments)>(arguments)...);
            return Outcome::done();
        } else {
            return function(std::forward<decltype(arguments)>(arguments)...);
        }
    };
    if constexpr (std::invocable<F&, const Argument&, HandlerContext&>)
        return with(argument, context);
    else
        return with(argument);
}

template <class F, class... E>
Outcome call_with_one_of(F& function, const Entry& entry, HandlerContext& context) {
    Outcome outcome = Outcome::permanent("WrongType", "The event is not of the type it names.");
    const auto try_type = [&]<class T>(boost::mp11::mp_identity<T>) {
        const auto* event = std::get_if<T>(&entry.envelope.event);
        if (!event) return;
        if constexpr (std::invocable<F&, const T&> || std::invocable<F&, const T&, HandlerContext&>)
            outcome = call(function, *event, context);
        else
            outcome = call(function, std::variant<E...>(*event), context);
    };
    (try_type(boost::mp11::mp_identity<E>{}), ...);
    return outcome;
}

}  // namespace detail

template <events::Catalogued... E, class F>
Handler handler_of(boost::mp11::mp_list<E...>, F function) {
    return [function = std::move(function)](const Entry& entry, HandlerContext& context) mutable {
        return detail::call_with_one_of<F, E...>(function, entry, context);
    };
}

/// For a function of whole entries.
template <class F>
Handler handler_of_any(F function) {
    return [function = std::move(function)](const Entry& entry, HandlerContext& context) mutable {
        return detail::call(function, entry, context);
    };
}

template <events::Catalogued... E>
std::vector<std::string> type_names(boost::mp11::mp_list<E...>) {
    return {std::string(E::type)...};
}

}  // namespace rotacast::bus

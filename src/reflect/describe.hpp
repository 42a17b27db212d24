#pragma once

// Describes a type once and derives the rest. DESCRIBE follows a plain aggregate and documents
// every member with a sentence; JSON encoding and decoding, JSON Schema, AsyncAPI, the contract and
// the documentation are derived from it. A forgotten member is a compile error in the first file
// that uses the description.
//
//     struct SwapCountered { std::string swap_id; std::optional<std::string> note; };
//     DESCRIBE(SwapCountered, "A colleague answers a swap request with another offer.",
//         (swap_id, "The swap being answered."),
//         (note, "What the colleague wants to say."))
//
// The optional third element of a member's tuple holds traits, combined with `|` (see Trait).

#include <boost/pfr/core.hpp>
#include <boost/preprocessor/variadic/to_seq.hpp>
#include <boost/preprocessor/seq/for_each.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace rotacast::reflect {

enum class Trait : unsigned {
    none = 0,
    /// May be missing in the input; the member then keeps its initializer.
    defaulted = 1,
    /// Sent to GraphQL clients only, not in the classic nor the v1 WebSocket encoding.
    graphql_only = 2,
    /// Omitted from the output, rather than written as null, when it has no value.
    omitted_when_null = 4,
    /// Identifies what the event is about: a later event with the same subject replaces it.
    subject = 8,
    /// The recipients: for the journal and for webhooks. No recipient sees the others.
    addressing = 16,
};

constexpr Trait operator|(Trait a, Trait b) {
    return static_cast<Trait>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Trait set, Trait one) {
    return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

template <class Owner, class T>
struct Member {
    using type = T;
    std::string_view name;
    T Owner::*pointer;
    std::string_view text;
    Trait traits = Trait::none;
};

template <class Owner, class T>
constexpr Member<Owner, T> member(std::string_view name,
                                  T Owner::*pointer,
                                  std::string_view text,
                                  Trait traits = Trait::none) {
    return {name, pointer, text, traits};
}

/// A member whose third element is for one reader of descriptions: a Constraint, a Metric.
template <class Owner, class T, class Note>
struct AnnotatedMember : Member<Owner, T> {
    Note note;
};

template <class Owner, class T, class Note>
    requires(!std::is_same_v<Note, Trait>)
constexpr AnnotatedMember<Owner, T, Note> member(std::string_view name,
                                                 T Owner::*pointer,
                                                 std::string_view text,
                                                 Note note) {
    return {{name, pointer, text, Trait::none}, note};
}

/// nullopt: the member has none of this kind.
template <class Note, class Owner, class T>
constexpr std::optional<Note> note_of(const Member<Owner, T>&) {
    return std::nullopt;
}
template <class Note, class Owner, class T>
constexpr std::optional<Note> note_of(const AnnotatedMember<Owner, T, Note>& m) {
    return m.note;
}

/// The content of DESCRIBE for one type: its name in the code, its text, and a tuple of Member.
template <class... Members>
struct Description {
    static constexpr std::size_t size = sizeof...(Members);
    std::string_view name;
    std::string_view text;
    std::tuple<Members...> members;
};

template <class... Members>
constexpr Description<Members...> description(std::string_view name,
                                              std::string_view text,
                                              Members... members) {
    return {name, text, {members...}};
}

template <class T>
struct Tag {};

template <class T>
concept Described = requires {
    describe(Tag<T>{});
};

/// Evaluated where it is first used, so that a file that only holds described types does not pay
/// for it.
template <Described T>
consteval auto describe_fully() {
    constexpr auto told = describe(Tag<T>{})(Tag<T>{});
    static_assert(decltype(told)::size == boost::pfr::tuple_size_v<T>,
                  "DESCRIBE must name every member");
    return told;
}

template <Described T>
inline constexpr auto description_of = describe_fully<T>();

/// Calls f(member) for each member of T in the order of the description.
template <Described T, class F>
constexpr void for_each_member(F&& f) {
    std::apply([&](const auto&... members) { (f(members), ...); }, description_of<T>.members);
}

}  // namespace rotacast::reflect

#define ROTACAST_DESCRIBE_MEMBER(member_name, ...) \
    , ::rotacast::reflect::member(#member_name, &Self::member_name, __VA_ARGS__)
#define ROTACAST_DESCRIBE_EACH(r, unused, arguments) ROTACAST_DESCRIBE_MEMBER arguments
#define ROTACAST_DESCRIBE_MEMBERS(...) \
    BOOST_PP_SEQ_FOR_EACH(ROTACAST_DESCRIBE_EACH, ~, BOOST_PP_VARIADIC_TO_SEQ(__VA_ARGS__))

// Self is always Type. It is a parameter so that the members are not instantiated until they are
// used: a hundred files hold events, few look inside.
#define DESCRIBE(Type, text, ...)                                                \
    [[maybe_unused]] constexpr auto describe(::rotacast::reflect::Tag<Type>) {   \
        return []<class Self>(::rotacast::reflect::Tag<Self>) {                  \
            using enum ::rotacast::reflect::Trait;                               \
            return ::rotacast::reflect::description(                             \
                #Type, text __VA_OPT__(ROTACAST_DESCRIBE_MEMBERS(__VA_ARGS__))); \
        };                                                                       \
    }

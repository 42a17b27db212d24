#include "events/catalogue.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <unordered_map>

namespace rotacast::events {
namespace {

using boost::mp11::mp_for_each;
using boost::mp11::mp_identity;
using boost::mp11::mp_transform;

template <class E>
concept HasAggregate = requires {
    E::aggregate;
};

template <class E>
constexpr std::string_view aggregate_name() {
    if constexpr (HasAggregate<E>)
        return E::aggregate;
    else
        return "Broadcast";
}

template <class E>
constexpr Kind kind_of() {
    if (boost::mp11::mp_contains<client::Broadcasts, E>::value) return Kind::broadcast;
    return boost::mp11::mp_contains<Derived, E>::value ? Kind::derived : Kind::domain;
}

template <class List, class F>
void for_each_type(F&& f) {
    mp_for_each<mp_transform<mp_identity, List>>(std::forward<F>(f));
}

template <class E>
std::optional<Event> decode_as(const json::object& object,
                               reflect::Decoder& decoder,
                               std::vector<std::string_view>& known) {
    E event{};
    if (!decoder.decode_members(event, object, known)) return std::nullopt;
    return Event{std::move(event)};
}

using DecodeFunction = std::optional<Event> (*)(const json::object&,
                                                reflect::Decoder&,
                                                std::vector<std::string_view>&);

const std::unordered_map<std::string_view, DecodeFunction>& decoders() {
    static const auto table = [] {
        std::unordered_map<std::string_view, DecodeFunction> map;
        for_each_type<AllEvents>(
            [&]<class E>(mp_identity<E>) { map.emplace(E::type, &decode_as<E>); });
        return map;
    }();
    return table;
}

std::string id_text(const std::string& id) {
    return id;
}
std::string id_text(const Uuid& id) {
    return to_string(id);
}
template <class T>
std::string id_text(const std::optional<T>& id) {
    return id ? id_text(*id) : std::string{};
}
template <class T>
std::string id_text(const T&) {
    return {};
}

}  // namespace

const std::vector<TypeInfo>& all_types() {
    static const auto types = [] {
        std::vector<TypeInfo> list;
        for_each_type<AllEvents>([&]<class E>(mp_identity<E>) {
            list.push_back(
                {E::type, aggregate_name<E>(), reflect::description_of<E>.text, kind_of<E>()});
        });
        return list;
    }();
    return types;
}

const TypeInfo* find_type(std::string_view type) {
    const auto& types = all_types();
    const auto found = std::ranges::find(types, type, &TypeInfo::type);
    return found == types.end() ? nullptr : &*found;
}

std::string_view type_of(const Event& event) {
    return std::visit([]<class E>(const E&) { return E::type; }, event);
}

std::string_view aggregate_of(const Event& event) {
    return std::visit([]<class E>(const E&) { return aggregate_name<E>(); }, event);
}

std::string aggregate_id_of(const Event& event) {
    return std::visit(
        []<class E>(const E& e) {
            const auto& first = std::get<0>(reflect::description_of<E>.members);
            return first.name.ends_with("_id") ? id_text(e.*first.pointer) : std::string{};
        },
        event);
}

void encode_own_members(std::string& out, const Event& event, reflect::EncodeOptions options) {
    std::visit([&](const auto& e) { reflect::encode_members(out, e, options); }, event);
}

std::optional<Event> decode_own_members(std::string_view type,
                                        const json::object& object,
                                        reflect::Decoder& decoder,
                                        std::vector<std::string_view>& known) {
    return decoders().at(type)(object, decoder, known);
}

std::string_view nearest_type(std::string_view wrong, Kind kind) {
    std::vector<std::string_view> names;
    for (const auto& info : all_types())
        if (info.kind == kind) names.push_back(info.type);
    return nearest(wrong, names);
}

}  // namespace rotacast::events

#include "hub/publication.hpp"

#include "reflect/encode.hpp"

namespace rotacast::hub {
namespace {

std::string text_of(const Uuid& id) {
    return to_string(id);
}
std::string text_of(const std::string& text) {
    return text;
}
template <class T>
requires requires(const T& value) {
    text_of(value);
}
std::string text_of(const std::optional<T>& value) {
    return value ? text_of(*value) : std::string();
}

}  // namespace

std::string subject_of(const Publication& publication) {
    std::string subject;
    std::visit(
        [&]<class E>(const E& event) {
            reflect::for_each_member<E>([&](const auto& member) {
                if constexpr (requires { text_of(event.*member.pointer); }) {
                    if (!has(member.traits, reflect::Trait::subject)) return;
                    const auto text = text_of(event.*member.pointer);
                    if (!text.empty()) subject = std::string(member.name) + ':' + text;
                }
            });
        },
        publication.event);
    return subject.empty() ? "event_id:" + to_string(publication.event_id) : subject;
}

}  // namespace rotacast::hub

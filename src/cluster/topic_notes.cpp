#include "cluster/topic_notes.hpp"

#include "cluster/script_reply.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::cluster {
namespace {

using hub::Topic;
using hub::TopicStatement;

}  // namespace

std::optional<std::string> topic_name(const Uuid& user, const Topic& topic) {
    const bool is_schedule = topic.kind == Topic::Kind::schedule;
    if (!is_schedule && topic.kind != Topic::Kind::person) return std::nullopt;
    return to_string(user) + (is_schedule ? ":schedule:" : ":person:") + to_string(topic.id);
}

std::optional<TopicOfUser> read_topic_name(std::string_view name) {
    const auto first = std::min(name.find(':'), name.size());
    const auto last = std::min(name.rfind(':'), name.size());
    if (first >= last) return std::nullopt;
    const auto user = Uuid::parse(name.substr(0, first));
    const auto kind = name.substr(first + 1, last - first - 1);
    const auto id = Uuid::parse(name.substr(last + 1));
    if (!user || !id) return std::nullopt;
    if (kind == "schedule") return TopicOfUser{*user, Topic::schedule(*id)};
    if (kind == "person") return TopicOfUser{*user, Topic::person(*id)};
    return std::nullopt;
}

std::string topic_note(const TopicStatement& statement) {
    return std::to_string(statement.version) + (statement.watched ? " 1" : " 0");
}

std::optional<TopicStatement> read_topic_note(std::string_view note) {
    const auto space = note.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto version = number_in<std::int64_t>(note.substr(0, space));
    const auto watched = note.substr(space + 1);
    if (!version || (watched != "0" && watched != "1")) return std::nullopt;
    return TopicStatement{*version, watched == "1"};
}

void share_topics(Peers& peers, hub::Hub& hub) {
    hub.tell_others_of_topics([&peers](const Uuid& user,
                                       const Topic& topic,
                                       const std::optional<TopicStatement>& statement) {
        const auto name = topic_name(user, topic);
        if (!name) return;
        peers.put_note("topic:" + *name,
                       statement ? NoteValue(topic_note(*statement)) : std::nullopt);
    });
    peers.on_notes(
        "topic", [&hub](const std::string& node, const std::string& name, const NoteValue& value) {
            if (const auto of = read_topic_name(name))
                hub.others_stated(
                    node, of->user, of->topic, value ? read_topic_note(*value) : std::nullopt);
        });
}

}  // namespace rotacast::cluster

#pragma once

// The subscriptions of classic connections belong to the user, on whatever nodes the connections
// are: each node states what it knows of them, as notes (docs/adr/0058).

#include "base/uuid.hpp"
#include "cluster/peers.hpp"
#include "hub/hub.hpp"
#include "hub/topic.hpp"
#include "hub/topic_statement.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::cluster {

struct TopicOfUser {
    Uuid user;
    hub::Topic topic;

    bool operator==(const TopicOfUser&) const = default;
};

/// `<user>:<schedule or person>:<id>`. nullopt for other topics, which are nobody's subscriptions.
std::optional<std::string> topic_name(const Uuid& user, const hub::Topic& topic);
/// nullopt if it is no such text.
std::optional<TopicOfUser> read_topic_name(std::string_view name);

/// `<version> <1 or 0>`: watched or not.
std::string topic_note(const hub::TopicStatement& statement);
/// nullopt if it is no such text.
std::optional<hub::TopicStatement> read_topic_note(std::string_view note);

/// Before either is started. The hub must outlive the peers' thread, and the peers the loops'.
void share_topics(Peers& peers, hub::Hub& hub);

}  // namespace rotacast::cluster

#pragma once

// Presence of all nodes: each tells the others what its connections state, as notes
// (docs/adr/0058).

#include "base/uuid.hpp"
#include "cluster/peers.hpp"
#include "presence/presence_board.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::cluster {

struct StatedPresence {
    Uuid user;
    presence::PresenceStatement statement;

    bool operator==(const StatedPresence&) const = default;
};

/// `<user> <online or away> <schedules with commas, or -> <page>`; without a page, without its
/// space, too.
std::string presence_note(const Uuid& user, const presence::PresenceStatement& statement);
/// nullopt if it is no such text.
std::optional<StatedPresence> read_presence_note(std::string_view note);

/// Before either is started. The board must outlive the peers' thread, and the peers the loops'.
void share_presence(Peers& peers, presence::PresenceBoard& board);

}  // namespace rotacast::cluster

#include "cluster/presence_notes.hpp"

#include <algorithm>
#include <chrono>

namespace rotacast::cluster {
namespace {

using presence::Moment;
using presence::PresenceStatement;

const std::string subject = "presence";

std::string name_of(const Uuid& connection) {
    return subject + ':' + to_string(connection);
}

Moment present_moment() {
    return {std::chrono::steady_clock::now(), now()};
}

/// What `text` begins with, up to the separator; both are taken off.
std::string_view take_up_to(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto first = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return first;
}

}  // namespace

std::string presence_note(const Uuid& user, const PresenceStatement& statement) {
    auto note = to_string(user) + (statement.away ? " away " : " online ");
    if (statement.schedules.empty()) note += '-';
    for (std::size_t i = 0; i < statement.schedules.size(); ++i) {
        if (i > 0) note += ',';
        note += to_string(statement.schedules[i]);
    }
    if (statement.page) note += ' ' + *statement.page;
    return note;
}

std::optional<StatedPresence> read_presence_note(std::string_view note) {
    StatedPresence stated;
    const auto user = Uuid::parse(take_up_to(note, ' '));
    const auto status = take_up_to(note, ' ');
    if (!user || (status != "online" && status != "away")) return std::nullopt;
    stated.user = *user;
    stated.statement.away = status == "away";
    const bool has_page = note.find(' ') != std::string_view::npos;
    auto schedules = take_up_to(note, ' ');
    if (has_page) stated.statement.page = std::string(note);
    if (schedules == "-") return stated;
    if (schedules.empty()) return std::nullopt;
    while (!schedules.empty()) {
        const auto schedule = Uuid::parse(take_up_to(schedules, ','));
        if (!schedule) return std::nullopt;
        stated.statement.schedules.push_back(*schedule);
    }
    return stated;
}

void share_presence(Peers& peers, presence::PresenceBoard& board) {
    board.tell_others({
        .stated =
            [&peers](const Uuid& connection, const Uuid& user, const PresenceStatement& statement) {
                peers.put_note(name_of(connection), presence_note(user, statement));
            },
        .withdrawn =
            [&peers](const Uuid& connection) { peers.put_note(name_of(connection), std::nullopt); },
    });
    peers.on_notes(
        subject, [&board](const std::string&, const std::string& rest, const NoteValue& value) {
            const auto connection = Uuid::parse(rest);
            if (!connection) return;
            auto stated = value ? read_presence_note(*value) : std::nullopt;
            if (stated)
                board.others_stated(
                    *connection, stated->user, std::move(stated->statement), present_moment());
            else
                board.others_withdrew(*connection, present_moment());
        });
}

}  // namespace rotacast::cluster

#include "cluster/note_encoding.hpp"

#include "cluster/script_reply.hpp"

#include <utility>

namespace rotacast::cluster {
namespace {

Note note_in(ArrayReader& reply) {
    Note note;
    note.by = reply.text();
    note.name = reply.text();
    const bool is_there = reply.text() == "1";
    auto value = reply.text();
    if (is_there) note.value = std::move(value);
    return note;
}

}  // namespace

NoteKeys::NoteKeys(const std::string& prefix)
    : of_life('{' + prefix + "}:notes:"),
      notes('{' + prefix + "}:notes"),
      changed('{' + prefix + "}:notes_changed"),
      withdrawn('{' + prefix + "}:notes_withdrawn"),
      nodes('{' + prefix + "}:notes_nodes") {}

void add_arguments(redis::Command& command, const ExchangeNotes& call, const NoteKeys& keys) {
    command.add(4).add(keys.notes).add(keys.changed).add(keys.withdrawn).add(keys.nodes);
    command.add(keys.of_life).add(call.life).add(int{call.begins}).add(int{call.leaves});
    command.add(call.lease.count()).add(call.after).add(call.notes_max).add(call.puts.size());
    for (const auto& [name, value] : call.puts) {
        command.add(name).add(int{value.has_value()});
        if (value) command.add(*value);
    }
}

Result<std::optional<ExchangedNotes>> decode_notes(const redis::Reply& reply) {
    if (reply.text() && *reply.text() == "begin") return std::optional<ExchangedNotes>();
    ArrayReader reader(reply);
    ExchangedNotes answer;
    answer.number = reader.number<std::uint64_t>();
    answer.up_to = reader.number<std::uint64_t>();
    reader.each_text([&](std::string life) { answer.lives.push_back(std::move(life)); });
    reader.each([&](ArrayReader& note) { answer.notes.push_back(note_in(note)); });
    if (reader.failed()) return not_understood("notes");
    return std::optional(std::move(answer));
}

}  // namespace rotacast::cluster

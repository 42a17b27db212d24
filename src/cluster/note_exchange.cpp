#include "cluster/note_exchange.hpp"

#include <algorithm>
#include <string_view>

namespace rotacast::cluster {
namespace {

std::string node_of(std::string_view life) {
    return std::string(life.substr(0, life.rfind('.')));
}

}  // namespace

void NoteExchange::put(const std::string& name, NoteValue value) {
    const auto found = own_.find(name);
    const bool is_known = found != own_.end();
    if (value ? is_known && found->second == *value : !is_known) return;
    if (value)
        own_[name] = std::move(*value);
    else
        own_.erase(found);
    untold_.insert(name);
}

void NoteExchange::leave() {
    has_left_ = true;
    if (!is_connected_ || !has_begun_) return;
    actions_.emplace_back(ExchangeNotes{life(), false, true, options_.lease, read_, 0, {}});
}

void NoteExchange::connected(const std::string& identity) {
    if (std::exchange(identity_, identity) != identity) {
        begin_life();
        read_all_again();
    }
    is_connected_ = true;
    is_waiting_ = false;
    next_at_ = now_;
}

// What was under way may have been done or not.
void NoteExchange::disconnected() {
    is_connected_ = false;
    is_waiting_ = false;
    untold_.merge(telling_);
    telling_.clear();
}

void NoteExchange::begin_life() {
    ++life_;
    has_begun_ = false;
    untold_.clear();
    telling_.clear();
    for (const auto& [name, value] : own_) untold_.insert(name);
}

void NoteExchange::read_all_again() {
    read_ = 0;
    unseen_ = others_;
}

void NoteExchange::tick(Milliseconds now) {
    now_ = now;
    if (has_left_) return;
    if (is_connected_ && !is_waiting_ && now_ >= next_at_) return send();
    if (others_.empty() || now_ - heard_ < options_.lease) return;
    std::vector<Note> told;
    for (const auto& [life, names] : std::exchange(others_, {})) withdraw_all(life, names, told);
    tell(std::move(told));
    read_all_again();
}

void NoteExchange::send() {
    if (now_ - heard_ >= options_.silence_max) read_all_again();
    ExchangeNotes call{life(), !has_begun_, false, options_.lease, read_, options_.notes_max, {}};
    while (!untold_.empty() && call.puts.size() < options_.puts_max) {
        auto name = untold_.extract(untold_.begin());
        const auto own = own_.find(name.value());
        call.puts.emplace_back(name.value(),
                               own == own_.end() ? NoteValue() : NoteValue(own->second));
        telling_.insert(std::move(name));
    }
    is_waiting_ = true;
    actions_.emplace_back(std::move(call));
}

void NoteExchange::must_begin() {
    if (!is_waiting_) return;
    is_waiting_ = false;
    begin_life();
    send();
}

void NoteExchange::answered(ExchangedNotes answer) {
    if (!is_waiting_) return;
    is_waiting_ = false;
    has_begun_ = true;
    heard_ = now_;
    telling_.clear();
    // Redis was emptied without being restarted.
    if (answer.number < read_) {
        begin_life();
        read_all_again();
        return send();
    }
    read_ = answer.up_to;
    std::vector<Note> told;
    for (auto& note : answer.notes) take(std::move(note), told);
    const bool is_complete = answer.up_to >= answer.number;
    if (is_complete)
        for (const auto& [life, names] : std::exchange(unseen_, {})) {
            withdraw_all(life, names, told);
            for (const auto& name : names) others_[life].erase(name);
        }
    std::erase_if(others_, [&](const auto& other) {
        const auto& [life, names] = other;
        if (std::ranges::find(answer.lives, life) != answer.lives.end()) return false;
        withdraw_all(life, names, told);
        unseen_.erase(life);
        return true;
    });
    tell(std::move(told));
    next_at_ = is_complete && untold_.empty() ? now_ + options_.interval : now_;
}

void NoteExchange::take(Note note, std::vector<Note>& told) {
    if (const auto life = unseen_.find(note.by); life != unseen_.end())
        life->second.erase(note.name);
    auto& names = others_[note.by];
    if (note.value)
        names.insert(note.name);
    else if (names.erase(note.name) == 0)
        return;
    note.by = node_of(note.by);
    told.push_back(std::move(note));
}

void NoteExchange::withdraw_all(const std::string& life,
                                const Names& names,
                                std::vector<Note>& told) {
    for (const auto& name : names)
        if (!says_in_another_life(life, name)) told.push_back({node_of(life), name, std::nullopt});
}

bool NoteExchange::says_in_another_life(const std::string& life, const std::string& name) const {
    const auto begin = node_of(life) + '.';
    for (auto other = others_.lower_bound(begin);
         other != others_.end() && other->first.starts_with(begin);
         ++other)
        if (other->first != life && other->second.contains(name)) return true;
    return false;
}

void NoteExchange::tell(std::vector<Note> told) {
    if (!told.empty()) actions_.emplace_back(TellNotes{std::move(told)});
}

}  // namespace rotacast::cluster

#include "simulate/redis_model.hpp"

#include <algorithm>

namespace rotacast::simulate {

using cluster::AppendAnswer;
using cluster::AppendAnswers;
using cluster::Appended;
using cluster::HelloAgain;
using cluster::ItemAnswer;
using cluster::Refused;
using cluster::StreamRecord;

namespace {

std::string key_name(const std::string& publisher, const std::string& key) {
    return publisher + ':' + key;
}

}  // namespace

cluster::ScriptAnswer RedisModel::run(const cluster::ScriptCall& call, Milliseconds now) {
    struct Runner {
        RedisModel& redis;
        Milliseconds now;
        cluster::ScriptAnswer operator()(const cluster::HelloCall& one) {
            return redis.hello(one, now);
        }
        cluster::ScriptAnswer operator()(const cluster::RestoreCall& one) {
            return redis.restore(one, now);
        }
        cluster::ScriptAnswer operator()(const cluster::AppendCall& one) {
            return redis.append(one, now);
        }
        cluster::ScriptAnswer operator()(const cluster::SignOfLifeCall& one) {
            return redis.sign(one, now);
        }
        cluster::ScriptAnswer operator()(const cluster::TrimCall& one) {
            return redis.trim(one, now);
        }
    };
    return std::visit(Runner{*this, now}, call);
}

bool RedisModel::settled_with(const std::string& identity, const std::string& epoch) const {
    const auto& head = data_.head;
    return head && head->settling.empty() && head->life == identity && head->epoch == epoch;
}

const StreamRecord* RedisModel::at(Offset offset) const {
    if (data_.stream.empty() || offset < data_.stream.front().offset) return nullptr;
    const auto index = offset - data_.stream.front().offset;
    return index < data_.stream.size() ? &data_.stream[index] : nullptr;
}

bool RedisModel::is_valid(Offset offset, const std::string& epoch, const Uuid& event_id) const {
    const auto& head = *data_.head;
    if (offset > head.last) return false;
    if (offset >= head.first) {
        const auto* record = at(offset);
        return record && record->event_id == event_id;
    }
    if (epoch == head.epoch) return true;
    const auto former = std::ranges::find(data_.epochs, epoch, &cluster::FormerEpoch::epoch);
    return former != data_.epochs.end() && former->shared >= offset;
}

/// Adds an entry and remembers it.
void RedisModel::add(StreamRecord record) {
    auto& head = *data_.head;
    data_.events[record.event_id] = {record.offset, record.epoch, record.digest};
    data_.versions[record.aggregate] = record.offset;
    if (record.key) {
        auto& key = data_.keys[key_name(record.publisher, record.key->key)];
        if (key.digest != record.key->digest) key.fields.clear();
        key.digest = record.key->digest;
        key.epoch = record.epoch;
        key.fields[record.key->index] = {record.offset, record.event_id};
    }
    if (head.last == 0) head.first = record.offset;
    head.last = record.offset;
    data_.stream.push_back(std::move(record));
    if (faults_.stream_length_max > 0 && data_.stream.size() > faults_.stream_length_max) {
        data_.stream.pop_front();
        ++head.first;
    }
}

cluster::RestoreAnswer RedisModel::restore(const cluster::RestoreCall& call, Milliseconds now) {
    if (!data_.head) return HelloAgain{};
    auto& head = *data_.head;
    const auto& present = head.settling.empty() ? head.life : head.settling;
    if (present != call.identity || head.epoch != call.epoch || head.last != call.expected_last)
        return HelloAgain{};
    for (auto record : call.records) {
        record.epoch = call.epoch;
        add(std::move(record));
    }
    head.moved = now;
    return cluster::Restored{head.last};
}

AppendAnswer RedisModel::append(const cluster::AppendCall& call, Milliseconds now) {
    if (!settled_with(call.identity, call.epoch)) return HelloAgain{};
    AppendAnswers answers;
    for (const auto& item : call.items) answers.items.push_back(append_one(item, now));
    return answers;
}

/// The memory of the request's key; null if nothing in it is valid.
RedisData::KeyMemory* RedisModel::remembered(const cluster::OrderRequest& request) {
    if (!request.key) return nullptr;
    const auto found = data_.keys.find(key_name(request.publisher, request.key->key));
    if (found == data_.keys.end()) return nullptr;
    auto& key = found->second;
    std::erase_if(key.fields, [&](const auto& field) {
        return !is_valid(field.second.offset, key.epoch, field.second.event_id);
    });
    return key.fields.empty() ? nullptr : &key;
}

ItemAnswer RedisModel::append_one(const cluster::AppendItem& item, Milliseconds now) {
    const auto& request = *item.request;
    const auto* key = remembered(request);
    const bool other_content = key && key->digest != request.key->digest;
    if (other_content && !item.answered) return Refused{Refused::Why::key_conflict, 0, 0};
    if (other_content) key = nullptr;

    const auto& head = *data_.head;
    auto next = head.last;
    Appended appended;
    std::vector<StreamRecord> records;
    std::map<std::string, Offset> versions;  // of this request
    auto claim = request.claims.begin();
    for (std::size_t i = 0; i < request.events.size(); ++i) {
        const auto& event = request.events[i];
        const bool claimed = claim != request.claims.end() && claim->event == i;
        const auto expected = claimed ? (claim++)->last : std::nullopt;
        const auto index = static_cast<std::uint32_t>(i) + (request.key ? request.key->index : 0);
        if (key)
            if (const auto field = key->fields.find(index); field != key->fields.end()) {
                appended.events.push_back({field->second.event_id, field->second.offset, true});
                continue;
            }
        const auto twin = std::ranges::find(records, event.id, &StreamRecord::event_id);
        const auto memory = data_.events.find(event.id);
        const bool known = memory != data_.events.end() &&
                           is_valid(memory->second.offset, memory->second.epoch, event.id);
        if (known || twin != records.end()) {
            const auto& digest = known ? memory->second.digest : twin->digest;
            if (digest != event.digest) return Refused{Refused::Why::event_conflict, i, 0};
            const auto offset = known ? memory->second.offset : twin->offset;
            appended.events.push_back({event.id, offset, true});
            continue;
        }
        if (claimed) {
            auto version = versions.find(event.aggregate);
            if (version == versions.end()) {
                const auto stored = data_.versions.find(event.aggregate);
                if (stored != data_.versions.end())
                    version = versions.emplace(event.aggregate, stored->second).first;
            }
            const bool holds = version == versions.end() ? !expected || *expected < head.first
                                                         : expected == version->second;
            if (!holds)
                return Refused{Refused::Why::version_conflict,
                               i,
                               version == versions.end() ? 0 : version->second};
        }
        ++next;
        versions[event.aggregate] = next;
        StreamRecord record{.offset = next,
                            .epoch = head.epoch,
                            .event_id = event.id,
                            .stored_at = Timestamp(now),
                            .publisher = request.publisher,
                            .envelope = event.envelope,
                            .provenance = event.provenance,
                            .digest = event.digest,
                            .aggregate = event.aggregate,
                            .key = {}};
        if (request.key && !other_content) {
            record.key = request.key;
            record.key->index = index;
        }
        appended.events.push_back({event.id, next, false});
        records.push_back(std::move(record));
    }
    for (auto& record : records) add(std::move(record));
    return appended;
}

cluster::SignAnswer RedisModel::sign(const cluster::SignOfLifeCall& call, Milliseconds now) {
    if (!settled_with(call.identity, call.epoch)) return HelloAgain{};
    if (call.leaving)
        data_.nodes.erase(call.node);
    else
        data_.nodes[call.node] = {call.position, now, call.version, call.name, {}, call.heard};
    return cluster::SignSeen{data_.head->first, data_.head->last, signs(now), now};
}

cluster::TrimAnswer RedisModel::trim(const cluster::TrimCall& call, Milliseconds now) {
    if (!settled_with(call.identity, call.epoch)) return HelloAgain{};
    auto& head = *data_.head;
    auto before = std::min(call.before, head.last + 1);
    for (const auto& [id, node] : data_.nodes)
        if (now - node.seen < call.lease) before = std::min(before, node.position + 1);
    for (; head.first < before; ++head.first) data_.stream.pop_front();
    std::erase_if(data_.versions, [&](const auto& one) { return one.second < head.first; });
    return cluster::Trimmed{head.first};
}

cluster::StreamRecords RedisModel::read(Offset after, std::size_t limit) const {
    if (data_.stream.empty()) return {};
    const auto first = data_.stream.front().offset;
    const auto begin =
        std::min<std::size_t>(after < first ? 0 : after + 1 - first, data_.stream.size());
    const auto end = begin + std::min(limit, data_.stream.size() - begin);
    const auto entry = [&](std::size_t index) {
        return data_.stream.begin() + static_cast<std::ptrdiff_t>(index);
    };
    return {entry(begin), entry(end)};
}

}  // namespace rotacast::simulate

#include "cluster/script_encoding.hpp"

#include "cluster/script_reply.hpp"

#include <optional>
#include <string>
#include <utility>

namespace rotacast::cluster {
namespace {

using redis::Array;
using redis::Reply;

std::vector<NodeSign> read_nodes(ArrayReader& reader) {
    std::vector<NodeSign> nodes;
    reader.each([&](ArrayReader& one) {
        NodeSign node;
        node.id = one.text();
        node.name = one.text();
        node.version = one.text();
        node.position = one.number();
        node.silent = Milliseconds(one.number<std::int64_t>());
        node.waits = one.text() == "1";
        nodes.push_back(std::move(node));
    });
    return nodes;
}

bool says_hello_again(const Reply& reply) {
    return reply.text() && *reply.text() == "hello";
}

std::optional<HelloAnswer> hello_answer(const Reply& reply) {
    ArrayReader reader(reply);
    const auto kind = reader.text();
    std::optional<HelloAnswer> answer;
    if (kind == "joined") {
        Joined joined;
        joined.epoch = reader.text();
        joined.began = reader.number();
        joined.agreed = reader.number();
        joined.first = reader.number();
        joined.last = reader.number();
        reader.each([&](ArrayReader& one) {
            auto epoch = one.text();
            joined.former.push_back({std::move(epoch), one.number()});
        });
        joined.nodes = read_nodes(reader);
        joined.time = Milliseconds(reader.number<std::int64_t>());
        answer = std::move(joined);
    } else if (kind == "restore") {
        auto epoch = reader.text();
        const auto last = reader.number();
        answer = Restore{std::move(epoch), last, reader.number()};
    } else if (kind == "wait") {
        answer = Wait{Milliseconds(reader.number<std::int64_t>())};
    } else if (kind == "show") {
        answer = Show{reader.number()};
    }
    return reader.failed() ? std::nullopt : std::move(answer);
}

std::optional<ItemAnswer> item_answer(ArrayReader& reader) {
    const auto kind = reader.text();
    std::optional<ItemAnswer> answer;
    if (kind == "ok") {
        Appended appended;
        while (!reader.at_end()) {
            const auto id = reader.uuid();
            const auto offset = reader.number();
            appended.events.push_back({id, offset, reader.text() == "1"});
        }
        answer = std::move(appended);
    } else if (kind == "key") {
        answer = Refused{Refused::Why::key_conflict};
    } else if (kind == "event") {
        answer = Refused{Refused::Why::event_conflict, reader.number<std::size_t>()};
    } else if (kind == "version") {
        const auto event = reader.number<std::size_t>();
        answer = Refused{Refused::Why::version_conflict, event, reader.number()};
    }
    return reader.failed() ? std::nullopt : std::move(answer);
}

std::optional<AppendAnswers> append_answers(const AppendCall& call, const Reply& reply) {
    const auto* array = reply.array();
    if (!array || array->size() != call.items.size()) return std::nullopt;
    AppendAnswers answers;
    for (std::size_t i = 0; i < array->size(); ++i) {
        ArrayReader reader((*array)[i]);
        auto item = item_answer(reader);
        if (!item) return std::nullopt;
        const auto* appended = std::get_if<Appended>(&*item);
        if (appended && appended->events.size() != call.items[i].request->events.size())
            return std::nullopt;
        answers.items.push_back(std::move(*item));
    }
    return answers;
}

std::optional<SignSeen> sign_seen(const Reply& reply) {
    ArrayReader reader(reply);
    SignSeen seen;
    seen.first = reader.number();
    seen.last = reader.number();
    seen.nodes = read_nodes(reader);
    seen.time = Milliseconds(reader.number<std::int64_t>());
    return reader.failed() ? std::nullopt : std::optional(std::move(seen));
}

std::optional<Offset> offset_in(const Reply& reply) {
    return reply.text() ? number_in<Offset>(*reply.text()) : std::nullopt;
}

struct AnswerReader {
    const Reply& reply;

    Result<ScriptAnswer> operator()(const HelloCall&) const {
        auto answer = hello_answer(reply);
        if (!answer) return not_understood("hello");
        return ScriptAnswer(std::move(*answer));
    }
    Result<ScriptAnswer> operator()(const RestoreCall&) const {
        if (says_hello_again(reply)) return ScriptAnswer(RestoreAnswer(HelloAgain{}));
        const auto last = offset_in(reply);
        if (!last) return not_understood("restore");
        return ScriptAnswer(RestoreAnswer(Restored{*last}));
    }
    Result<ScriptAnswer> operator()(const AppendCall& call) const {
        if (says_hello_again(reply)) return ScriptAnswer(AppendAnswer(HelloAgain{}));
        auto answers = append_answers(call, reply);
        if (!answers) return not_understood("append");
        return ScriptAnswer(AppendAnswer(std::move(*answers)));
    }
    Result<ScriptAnswer> operator()(const SignOfLifeCall&) const {
        if (says_hello_again(reply)) return ScriptAnswer(SignAnswer(HelloAgain{}));
        auto seen = sign_seen(reply);
        if (!seen) return not_understood("sign of life");
        return ScriptAnswer(SignAnswer(std::move(*seen)));
    }
    Result<ScriptAnswer> operator()(const TrimCall&) const {
        if (says_hello_again(reply)) return ScriptAnswer(TrimAnswer(HelloAgain{}));
        const auto first = offset_in(reply);
        if (!first) return not_understood("trim");
        return ScriptAnswer(TrimAnswer(Trimmed{*first}));
    }
};

/// `<index> <count> <digest>`
bool read_request_field(std::string_view text, RequestKey& key) {
    const auto first = text.find(' ');
    const auto second = first == text.npos ? first : text.find(' ', first + 1);
    if (second == text.npos) return false;
    const auto index = number_in<std::uint32_t>(text.substr(0, first));
    const auto count = number_in<std::uint32_t>(text.substr(first + 1, second - first - 1));
    key.index = index.value_or(0);
    key.count = count.value_or(0);
    key.digest = text.substr(second + 1);
    return index && count;
}

/// False if the value is not one of that field. Fields of later versions are ignored.
bool read_field(StreamRecord& record, std::string_view field, std::string value) {
    if (field == "e")
        record.epoch = std::move(value);
    else if (field == "p")
        record.publisher = std::move(value);
    else if (field == "b")
        record.envelope = std::move(value);
    else if (field == "o")
        record.provenance = std::move(value);
    else if (field == "d")
        record.digest = std::move(value);
    else if (field == "a")
        record.aggregate = std::move(value);
    else if (field == "k")
        record.key = RequestKey{std::move(value), "", 0, 1};
    else if (field == "r")
        return record.key && read_request_field(value, *record.key);
    else if (field == "i") {
        const auto id = Uuid::parse(value);
        if (id) record.event_id = *id;
        return id.has_value();
    } else if (field == "t") {
        const auto time = number_in<std::int64_t>(value);
        if (time) record.stored_at = Timestamp(Milliseconds(*time));
        return time.has_value();
    }
    return true;
}

}  // namespace

Result<ScriptAnswer> decode_answer(const ScriptCall& call, const Reply& reply) {
    return std::visit(AnswerReader{reply}, call);
}

Result<StreamRecord> decode_record(const Reply& entry) {
    const auto* parts = entry.array();
    const auto* id = parts && parts->size() == 2 ? (*parts)[0].text() : nullptr;
    const auto* fields = id ? (*parts)[1].array() : nullptr;
    if (!fields || fields->size() % 2 != 0 || !id->ends_with("-0"))
        return not_understood("an entry of the stream");
    StreamRecord record;
    const auto offset = number_in<Offset>(std::string_view(*id).substr(0, id->size() - 2));
    bool understood = offset.has_value();
    for (std::size_t i = 0; understood && i < fields->size(); i += 2) {
        const auto* field = (*fields)[i].text();
        const auto* value = (*fields)[i + 1].text();
        understood = field && value && read_field(record, *field, *value);
    }
    if (!understood || record.envelope.empty()) return not_understood("an entry of the stream");
    record.offset = *offset;
    return record;
}

}  // namespace rotacast::cluster

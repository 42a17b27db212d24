// What scripts/*.lua read with argument(), in that order.

#include "cluster/script_encoding.hpp"

#include "cluster/script_sources.hpp"

namespace rotacast::cluster {
namespace {

using redis::Command;

struct ArgumentWriter {
    Command& command;
    std::int64_t memory_ms;

    void operator()(const HelloCall& call) {
        command.add(call.identity).add(call.node).add(call.name).add(call.version).add(call.epoch);
        command.add(call.first).add(call.last).add(call.shown).add(call.heard.count());
        command.add(call.epoch_suffix).add(call.settle.count()).add(call.lease.count());
        command.add(call.former.size());
        for (const auto& former : call.former) command.add(former.epoch).add(former.shared);
        command.add(call.witnesses.size());
        for (const auto& witness : call.witnesses)
            command.add(witness.offset).add(to_string(witness.event_id));
        command.add(call.known.size());
        for (const auto& node : call.known) command.add(node);
    }

    void operator()(const RestoreCall& call) {
        command.add(call.identity).add(call.epoch).add(call.expected_last).add(memory_ms);
        command.add(call.records.size());
        for (const auto& record : call.records) {
            command.add(record.offset).add(to_string(record.event_id));
            command.add(record.stored_at.time_since_epoch().count()).add(record.publisher);
            command.add(record.envelope).add(record.provenance);
            command.add(record.digest).add(record.aggregate);
            add(record.key);
        }
    }

    void operator()(const AppendCall& call) {
        command.add(call.identity).add(call.epoch).add(memory_ms).add(call.items.size());
        for (const auto& item : call.items) add(*item.request, item.answered);
    }

    void operator()(const SignOfLifeCall& call) {
        command.add(call.identity).add(call.epoch).add(call.node).add(call.name);
        command.add(call.version).add(call.position).add(call.heard.count());
        command.add(call.leaving ? 1 : 0);
    }

    void operator()(const TrimCall& call) {
        command.add(call.identity).add(call.epoch).add(call.before).add(call.lease.count());
    }

    void add(const std::optional<RequestKey>& key) {
        command.add(key ? 1 : 0);
        if (key) command.add(key->key).add(key->digest).add(key->index).add(key->count);
    }

    void add(const OrderRequest& request, bool answered) {
        command.add(request.publisher).add(answered ? 1 : 0);
        add(request.key);
        command.add(request.claims.size());
        for (const auto& claim : request.claims) {
            command.add(claim.event);
            if (claim.last)
                command.add(*claim.last);
            else
                command.add("");
        }
        command.add(request.events.size());
        for (const auto& event : request.events)
            command.add(to_string(event.id))
                .add(event.aggregate)
                .add(event.envelope)
                .add(event.provenance)
                .add(event.digest);
    }
};

struct ScriptChooser {
    std::string_view operator()(const HelloCall&) const { return hello_script; }
    std::string_view operator()(const RestoreCall&) const { return restore_script; }
    std::string_view operator()(const AppendCall&) const { return append_script; }
    std::string_view operator()(const SignOfLifeCall&) const { return sign_of_life_script; }
    std::string_view operator()(const TrimCall&) const { return trim_script; }
};

}  // namespace

KeyNames::KeyNames(const std::string& prefix)
    : tag('{' + prefix + "}:"),
      stream(tag + "stream"),
      head(tag + "head"),
      epochs(tag + "epochs"),
      nodes(tag + "nodes"),
      said(tag + "said"),
      awaited(tag + "awaited"),
      versions(tag + "versions") {}

std::string_view script_of(const ScriptCall& call) {
    return std::visit(ScriptChooser{}, call);
}

void add_arguments(Command& command,
                   const ScriptCall& call,
                   const KeyNames& keys,
                   const ScriptOptions& options) {
    command.add(7).add(keys.head).add(keys.stream).add(keys.epochs).add(keys.nodes);
    command.add(keys.said).add(keys.awaited).add(keys.versions).add(keys.tag);
    std::visit(ArgumentWriter{command, options.memory.count()}, call);
}

}  // namespace rotacast::cluster

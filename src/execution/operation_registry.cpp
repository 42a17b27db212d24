#include "execution/operation_registry.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "execution/answer.hpp"

#include <utility>

namespace rotacast::execution {
namespace {

Error too_many(std::size_t bound, std::string_view of_whom) {
    return {ErrorCode::too_many_operations,
            "At most " + std::to_string(bound) + " operations of a " + std::string(of_whom) + '.',
            ""};
}

}  // namespace

void OperationRegistry::start(const std::string& id, const graphql::Request& request) {
    destroy_ended();
    auto& environment = host_.environment();
    const auto& rules = environment.operation_rules;
    const auto refuse_with = [&](const Error& error) {
        environment.supervision.refusals.count(error.code);
        refuse(id, {graphql::to_graphql_error(error)});
    };
    if (running_.size() >= rules.operations_per_connection)
        return refuse_with(too_many(rules.operations_per_connection, "connection"));
    auto ticket =
        environment.operation_budget.take(host_.principal().user_id, rules.operations_per_user);
    if (!ticket) return refuse_with(too_many(rules.operations_per_user, "user"));
    auto prepared = prepare(environment, host_.principal(), request);
    if (!prepared.operation) return refuse(id, prepared.errors);

    const auto number = ++numbers_;
    auto& running = running_.emplace(id, Running{std::move(ticket), nullptr, number}).first->second;
    if (prepared.operation->kind() != graphql::OperationKind::subscription)
        return begin_answer(id, std::move(prepared.operation));
    running.operation = make_subscription(host_, id, std::move(prepared.operation));
    running.operation->start();
}

void OperationRegistry::refuse(const std::string& id, const graphql::GraphqlErrors& errors) {
    std::vector<std::string> texts;
    for (const auto& error : errors) graphql::append_error(texts.emplace_back(), error);
    host_.send(host_.encoder().errors(id, texts));
    host_.ended(id);
}

void OperationRegistry::begin_answer(const std::string& id, graphql::OperationPtr operation) {
    const auto number = numbers_;
    answer_graphql(host_.environment(),
                   host_.loop(),
                   host_.principal(),
                   std::move(operation),
                   [weak = std::weak_ptr(self_), id, number](const std::string& text) {
                       const auto self = weak.lock();
                       if (!self) return;
                       auto& here = **self;
                       const auto found = here.running_.find(id);
                       if (found == here.running_.end() || found->second.number != number) return;
                       const auto& encoder = here.host_.encoder();
                       here.host_.send(encoder.result(id, text));
                       here.host_.send(encoder.complete(id));
                       here.host_.ended(id);
                   });
}

void OperationRegistry::stop(const std::string& id) {
    running_.erase(id);
}

void OperationRegistry::ended(const std::string& id) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    found->second.ticket.reset();
    ended_.push_back(std::move(found->second));
    running_.erase(found);
}

void OperationRegistry::destroy_ended() {
    ended_.clear();
}

void OperationRegistry::clear() {
    running_.clear();
    ended_.clear();
}

// Operations may end themselves during `call`; the connection only ends by a posted call, never in
// here. An operation that throws is ended alone.
template <class Call>
void OperationRegistry::for_each_subscription(Call&& call) {
    for (auto at = running_.begin(); at != running_.end();) {
        auto* operation = at->second.operation.get();
        ++at;
        if (!operation) continue;
        try {
            call(*operation);
        } catch (...) {
            log::error("graphql: a subscription failed and is ended: {}", fault_name());
            operation->give_up();
        }
    }
}

void OperationRegistry::on_tick(Timestamp now) {
    destroy_ended();
    for_each_subscription([now](Subscription& operation) { operation.on_tick(now); });
}

void OperationRegistry::on_drained() {
    for_each_subscription([](Subscription& operation) { operation.on_drained(); });
}

void OperationRegistry::tell_gap(std::string_view from,
                                 std::string_view to,
                                 std::string_view reason,
                                 const std::function<void(std::string_view text)>& tell) const {
    for (const auto& [id, running] : running_) {
        std::string text;
        if (running.operation) running.operation->tell_gap(text, from, to, reason);
        if (!text.empty()) tell(text);
    }
}

}  // namespace rotacast::execution

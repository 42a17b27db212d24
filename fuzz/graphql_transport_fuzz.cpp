// The state machines of both GraphQL subprotocols: messages, one per line. A line of one letter is
// another input: a binary message, a rejected token, elapsed time, the end of an operation, a close
// from outside.
//
// Holds for every input: sent messages are JSON; nothing starts before the client is acknowledged;
// no id is in use twice; only running operations are stopped; nothing follows a close.

#include "graphql/transport.hpp"
#include "reflect/json.hpp"

#include <cstdint>
#include <cstdlib>
#include <set>
#include <algorithm>

namespace {

using namespace rotacast;
using namespace rotacast::graphql;

const Error expired{ErrorCode::token_expired, "", ""};

void require(bool holds) {
    if (!holds) std::abort();
}

class Session final : public TransportActions {
  public:
    explicit Session(std::unique_ptr<Transport> machine) : machine_(std::move(machine)) {}

    void feed(std::string_view line) {
        if (line == "R") return machine_->refused(*this, expired, 4403, "token_expired");
        if (line == "X") return machine_->end(*this, 4403, "token_expired");
        if (line == "T") return machine_->tick(*this, opened_at + patience, opened_at, patience);
        if (line == "E") return end_first();
        if (machine_->holding()) machine_->acknowledged(*this);
        line == "B" ? machine_->binary(*this) : machine_->text(*this, line);
    }

    void send(std::string_view text) override {
        require(!closed_ && reflect::parse_json(text).has_value());
    }
    void close(std::uint16_t code, std::string_view) override {
        require(!closed_ && (code == 1000 || code / 100 == 44));
        closed_ = true;
    }
    void initialise(std::optional<std::string> token) override {
        require(!closed_ && (!token || !token->empty()));
    }
    void start(const std::string& id, Request request) override {
        require(!closed_ && machine_->ready() && !id.empty() && running_.insert(id).second);
        // Some operations end at once.
        if (request.query.empty()) {
            running_.erase(id);
            machine_->ended(id);
        }
    }
    void stop(const std::string& id) override { require(running_.erase(id) == 1); }

  private:
    static constexpr Timestamp opened_at{};
    static constexpr std::chrono::milliseconds patience{3'000};

    void end_first() {
        if (running_.empty()) return;
        machine_->ended(*running_.begin());
        running_.erase(running_.begin());
    }

    std::unique_ptr<Transport> machine_;
    std::set<std::string> running_;
    bool closed_ = false;
};

void run(std::unique_ptr<Transport> machine, std::string_view input) {
    Session session(std::move(machine));
    for (std::size_t begin = 0; begin <= input.size();) {
        const auto end = std::min(input.find('\n', begin), input.size());
        session.feed(input.substr(begin, end - begin));
        begin = end + 1;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    run(transport_ws(), input);
    run(transport_legacy(), input);
    return 0;
}

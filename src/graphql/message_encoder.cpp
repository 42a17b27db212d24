#include "graphql/message_encoder.hpp"

#include "base/json_text.hpp"
#include "graphql/graphql_error.hpp"

namespace rotacast::graphql {
namespace {

std::string with_id(std::string_view before, std::string_view id, std::string_view behind) {
    std::string out(before);
    append_json_string(out, id);
    return out.append(behind);
}

std::string array_of(std::span<const std::string> objects) {
    std::string out = "[";
    for (const auto& object : objects) {
        if (out.size() > 1) out += ',';
        out += object;
    }
    return out + ']';
}

class WsEncoder final : public MessageEncoder {
  public:
    std::string before_result(std::string_view id) const override {
        return with_id(R"({"id":)", id, R"(,"type":"next","payload":)");
    }
    std::string_view after_result() const override { return "}"; }
    std::string errors(std::string_view id, std::span<const std::string> errors) const override {
        return with_id(R"({"id":)", id, R"(,"type":"error","payload":)") + array_of(errors) + '}';
    }
    std::string complete(std::string_view id) const override {
        return with_id(R"({"id":)", id, R"(,"type":"complete"})");
    }
};

// Only the first error: its clients cannot decode more.
class LegacyEncoder final : public MessageEncoder {
  public:
    std::string before_result(std::string_view id) const override {
        return with_id(R"({"type":"data","id":)", id, R"(,"payload":)");
    }
    std::string_view after_result() const override { return "}"; }
    std::string errors(std::string_view id, std::span<const std::string> errors) const override {
        return with_id(R"({"type":"error","id":)", id, R"(,"payload":)") + errors.front() + '}';
    }
    std::string complete(std::string_view id) const override {
        return with_id(R"({"type":"complete","id":)", id, "}");
    }
};

class Sse : public StreamEncoder {
  public:
    std::string_view content_type() const final { return "text/event-stream"; }
    std::string_view greeting() const final { return ":\n\n"; }
    std::string_view keep_alive() const final { return ":\n\n"; }
    std::string farewell(const Error&) const final { return {}; }

  protected:
    ~Sse() = default;
};

class SseDistinct final : public Sse {
  public:
    std::string before_result(std::string_view) const override { return "event: next\ndata: "; }
    std::string_view after_result() const override { return "\n\n"; }
    // Browsers ignore records without data.
    std::string complete(std::string_view) const override { return "event: complete\ndata: \n\n"; }
};

class SseSingle final : public Sse {
  public:
    std::string before_result(std::string_view id) const override {
        return with_id("event: next\ndata: {\"id\":", id, R"(,"payload":)");
    }
    std::string_view after_result() const override { return "}\n\n"; }
    std::string complete(std::string_view id) const override {
        return with_id("event: complete\ndata: {\"id\":", id, "}\n\n");
    }
};

// Each message ends with the delimiter that begins the next one, because a client knows only by it
// that a part is complete. `payload` has the operation's results; errors beside it are the
// stream's.
class Multipart final : public StreamEncoder {
  public:
    std::string before_result(std::string_view) const override {
        return "\r\ncontent-type: application/json\r\n\r\n{\"payload\":";
    }
    std::string_view after_result() const override { return "}\r\n--graphql"; }
    std::string complete(std::string_view) const override { return "--\r\n"; }
    std::string_view content_type() const override {
        return R"(multipart/mixed;boundary="graphql";subscriptionSpec=1.0)";
    }
    // Begins with a heartbeat, as the original does.
    std::string_view greeting() const override {
        return "\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
    }
    std::string_view keep_alive() const override {
        return "\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
    }
    std::string farewell(const Error& reason) const override {
        std::string errors;
        append_errors(errors, {to_graphql_error(reason)});
        return result({}, R"(null,"errors":)" + errors) + complete({});
    }
};

}  // namespace

std::string StreamEncoder::errors(std::string_view id, std::span<const std::string> errors) const {
    return result(id, R"({"errors":)" + array_of(errors) + '}') + complete(id);
}

const MessageEncoder& transport_ws_encoder() {
    static const WsEncoder encoder;
    return encoder;
}
const MessageEncoder& transport_legacy_encoder() {
    static const LegacyEncoder encoder;
    return encoder;
}
const StreamEncoder& sse_distinct_encoder() {
    static const SseDistinct encoder;
    return encoder;
}
const StreamEncoder& sse_single_encoder() {
    static const SseSingle encoder;
    return encoder;
}
const StreamEncoder& multipart_encoder() {
    static const Multipart encoder;
    return encoder;
}

}  // namespace rotacast::graphql

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::bench {

/// A JSON object, written in the order of the calls. Keys and strings must not need escaping.
class JsonObject {
  public:
    JsonObject& add(std::string_view key, std::uint64_t value);
    JsonObject& add(std::string_view key, double value);
    JsonObject& add(std::string_view key, const char* text);
    JsonObject& add(std::string_view key, const JsonObject& object);
    [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

  private:
    JsonObject& add_raw(std::string_view key, std::string_view value);

    std::string members_;
};

}  // namespace rotacast::bench

#pragma once

#include <string>
#include <string_view>

#include <zlib.h>

namespace rotacast::bench {

/// Inflates messages of permessage-deflate (RFC 7692 §7.2.2), with or without context takeover.
class Inflater {
  public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// The result is valid until the next call. Throws if the data is invalid.
    [[nodiscard]] std::string_view inflate(std::string_view message);

  private:
    void feed(std::string_view bytes);

    z_stream stream_{};
    std::string output_;
};

}  // namespace rotacast::bench

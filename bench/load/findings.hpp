#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "load/report.hpp"

namespace rotacast::bench {

/// A measurement that found errors; it has a report all the same.
class Failed : public std::runtime_error {
  public:
    Failed(const std::string& what, JsonObject figures)
        : std::runtime_error(what), report(std::move(figures)) {}
    JsonObject report;
};

/// Collects a measurement's errors, so that one does not hide the others.
class Findings {
  public:
    void expect(bool holds, std::string_view otherwise) {
        if (holds) return;
        if (!found_.empty()) found_ += "; ";
        found_ += otherwise;
    }

    /// Returns the report if there are no errors; otherwise throws Failed with it.
    [[nodiscard]] JsonObject conclude(JsonObject report) const {
        report.add("findings", found_.c_str());
        if (!found_.empty()) throw Failed(found_, std::move(report));
        return report;
    }

  private:
    std::string found_;
};

}  // namespace rotacast::bench

#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "load/report.hpp"

namespace rotacast::bench {

/// A measurement that found something wrong; it has figures all the same.
class Failed : public std::runtime_error {
  public:
    Failed(const std::string& what, JsonObject figures)
        : std::runtime_error(what), report(std::move(figures)) {}
    JsonObject report;
};

/// Collects what a measurement finds wrong, so that one defect does not hide the others.
class Findings {
  public:
    void expect(bool holds, std::string_view otherwise) {
        if (holds) return;
        if (!found_.empty()) found_ += "; ";
        found_ += otherwise;
    }

    /// The report, or Failed with it.
    [[nodiscard]] JsonObject conclude(JsonObject report) const {
        report.add("findings", found_.c_str());
        if (!found_.empty()) throw Failed(found_, std::move(report));
        return report;
    }

  private:
    std::string found_;
};

}  // namespace rotacast::bench

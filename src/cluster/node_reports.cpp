#include "cluster/node_reports.hpp"

#include "cluster/script_reply.hpp"

#include <utility>

namespace rotacast::cluster {

std::string report_note(const NodeReport& report) {
    return std::to_string(report.connections) + ' ' + std::to_string(report.dead_letters);
}

std::optional<NodeReport> read_report_note(std::string_view note) {
    const auto space = note.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto connections = number_in<std::int64_t>(note.substr(0, space));
    const auto dead_letters = number_in<std::int64_t>(note.substr(space + 1));
    if (!connections || !dead_letters) return std::nullopt;
    return NodeReport{*connections, *dead_letters};
}

void NodeReports::share(Peers& peers) {
    peers_ = &peers;
    peers.on_notes(
        "report",
        [this](const std::string& process, const std::string& node, const NoteValue& value) {
            others_reported(process, node, value ? read_report_note(*value) : std::nullopt);
        });
}

void NodeReports::report(const NodeReport& report) {
    {
        const std::scoped_lock lock(mutex_);
        reports_[node_] = {{}, report};
    }
    if (peers_) peers_->put_note("report:" + node_, report_note(report));
}

std::optional<NodeReport> NodeReports::of(const std::string& node) const {
    const std::scoped_lock lock(mutex_);
    const auto found = reports_.find(node);
    return found == reports_.end() ? std::nullopt : std::optional(found->second.report);
}

void NodeReports::others_reported(const std::string& process,
                                  const std::string& node,
                                  std::optional<NodeReport> report) {
    const std::scoped_lock lock(mutex_);
    if (node == node_) return;  // this node, before it was restarted
    if (report) {
        reports_[node] = {process, *report};
        return;
    }
    const auto found = reports_.find(node);
    if (found != reports_.end() && found->second.process == process) reports_.erase(found);
}

}  // namespace rotacast::cluster

#include "simulate/ledger.hpp"

namespace rotacast::simulate {

void Ledger::seen(const std::string& epoch,
                  Offset offset,
                  const Uuid& event_id,
                  const std::string& by) {
    const auto [known, added] = seen_[epoch].emplace(offset, event_id);
    if (!added && known->second != event_id)
        violate(by, " sees another event at ", epoch, '.', offset, " than was seen there before");
}

void Ledger::check_order(const std::vector<cluster::StreamRecord>& order) {
    std::set<std::string> there;
    for (const auto& record : order)
        if (!there.insert(record.digest).second)
            violate("content ", record.digest, " is twice in the order");
    for (const auto& digest : promised_)
        if (!there.contains(digest))
            violate("content ", digest, " is lost, though its publisher was answered");
}

}  // namespace rotacast::simulate

#include "cluster/tail.hpp"

#include <algorithm>

namespace rotacast::cluster {

void Tail::begin() {
    running_ = true;
    handed_ = shared_.replica.last;
    read_more();
}

void Tail::stop() {
    running_ = false;
    read_ = 0;
}

void Tail::read_more() {
    if (!running_ || read_ || unstored_bytes_ >= shared_.options.unstored_bytes_max) return;
    const auto& options = shared_.options;
    read_ = shared_.queue.read_stream(
        handed_, options.read_entries_max, shared_.now + options.read_block + options.call_timeout);
}

std::optional<std::string_view> Tail::stream_read(ActionId id,
                                                  StreamRecords records,
                                                  StreamRecords& handed_records) {
    handed_records.clear();
    if (!running_ || id != read_) return std::nullopt;
    read_ = 0;
    std::optional<std::string_view> complaint;
    auto next = handed_ + 1;
    std::size_t bytes = 0;
    std::size_t good = 0;
    for (; good < records.size(); ++good, ++next) {
        const auto& record = records[good];
        if (record.offset != next) {
            complaint = "the stream does not go on where the replica ends";
            break;
        }
        const bool known = record.epoch == shared_.replica.epoch || record.offset <= shared_.began;
        if (!known && !shared_.options.faults.trusts_every_record) {
            complaint = "the order has a new epoch";
            break;
        }
        bytes += record.bytes();
    }
    records.resize(good);
    if (good > 0) {
        handed_ = records.back().offset;
        shared_.stream_last = std::max(shared_.stream_last, handed_);
        unstored_.push_back({handed_, bytes});
        unstored_bytes_ += bytes;
        shared_.queue.add(StoreRecords{records});
        handed_records = std::move(records);
    }
    if (!complaint) read_more();
    return complaint;
}

void Tail::replica_stored(Offset last) {
    while (!unstored_.empty() && unstored_.front().last <= last) {
        unstored_bytes_ -= unstored_.front().bytes;
        unstored_.pop_front();
    }
    read_more();
}

void Tail::replica_recovered() {
    unstored_.clear();
    unstored_bytes_ = 0;
    handed_ = shared_.replica.last;
}

}  // namespace rotacast::cluster

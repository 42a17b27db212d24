#include "hub/publication.hpp"

namespace rotacast::hub {

PublicationBatch::PublicationBatch(std::vector<Publication> publications, const WireForms& forms)
    : publications_(std::move(publications)), forms_(forms) {}

const PublicationBatch::Encoded& PublicationBatch::encoded(FormId form) const {
    auto& slot = encoded_[form];
    std::call_once(slot.once, [&] {
        constexpr std::size_t typical_frame_bytes = 384;
        slot.bytes.reserve(publications_.size() * typical_frame_bytes);
        slot.ends.reserve(publications_.size());
        for (const auto& publication : publications_) {
            forms_[form](publication, slot.bytes);
            slot.ends.push_back(slot.bytes.size());
        }
    });
    return slot;
}

Frame PublicationBatch::frame(FormId form, std::span<const std::uint32_t> indexes) const {
    const auto& source = encoded(form);
    const std::string_view bytes = source.bytes;
    const auto begin_of = [&](std::uint32_t i) { return i == 0 ? 0 : source.ends[i - 1]; };
    const auto slice = [&](std::uint32_t first, std::uint32_t last) {
        return bytes.substr(begin_of(first), source.ends[last] - begin_of(first));
    };
    if (indexes.back() - indexes.front() + 1 == indexes.size())
        return {shared_from_this(), slice(indexes.front(), indexes.back())};
    std::string joined;
    for (const auto i : indexes) joined += slice(i, i);
    return Frame::of(std::move(joined));
}

}  // namespace rotacast::hub

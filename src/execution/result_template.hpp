#pragma once

// What a batch is to operations that ask the same, made once on each loop. Only the envelopes
// differ, by the operation's identifier; the rest need not even be copied: the same bytes are
// stamped with one operation's envelope after the other's, and the kernel takes them in between.

#include "execution/selection_interner.hpp"
#include "graphql/spelling.hpp"
#include "hub/frame.hpp"
#include "hub/publication_batch.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::execution {

/// Results of some publications of one batch, framed.
class ResultTemplate {
  public:
    explicit ResultTemplate(const hub::PublicationBatchPtr& batch);

    bool is_of(const hub::PublicationBatchPtr& batch) const {
        return !slice_.batch.owner_before(batch) && !batch.owner_before(slice_.batch);
    }
    /// For another batch; keeps its memory.
    void restart(const hub::PublicationBatchPtr& batch);

    /// The result of publication `index`, higher than those before, has been appended to bytes() up
    /// to its end. It begins `size` bytes before that with the text in front of its JSON.
    void add(std::uint32_t index, std::size_t size);
    std::string& bytes() { return bytes_; }
    std::size_t size() const { return bytes_.size(); }

    bool empty() const { return bytes_.empty(); }
    /// As it leaves for the operation with this text in front of its results; as long as the one
    /// that it was made with. Valid until the next call.
    hub::Frame stamped(std::string_view head);

  private:
    const hub::PublicationBatch* of_;  // alive while results are added
    hub::Slice slice_;
    std::string bytes_;
    std::vector<std::size_t> heads_;
};

/// The imprints of the batch that goes over a loop. Thread: its own. Memory: `kept_max` of them, no
/// more once they have `bytes_max`, and one that is kept for nobody; until forget().
class Imprints {
  public:
    static constexpr std::size_t kept_max = 64;
    static constexpr std::size_t bytes_max = 16 << 20;

    /// What makes two operations get the same bytes, but for the envelope.
    struct Question {
        const SelectionInterner::Wish& selection;
        const SelectionInterner::Wish& filter;
        const graphql::Spelling& spelling;
        std::size_t head_size;
        std::span<const std::uint32_t> indexes;  ///< of the publications that are considered
    };

    /// Made by `make(ResultTemplate&)` if it is not there. Valid until the next call.
    template <class Make>
    ResultTemplate& find(const hub::PublicationBatchPtr& batch,
                         const Question& question,
                         Make&& make) {
        if (auto* known = known_to(batch, question)) return *known;
        auto& result_template = add(batch, question);
        try {
            make(result_template);
        } catch (...) {
            forget();  // half of it is for nobody
            throw;
        }
        return result_template;
    }

    /// The same for somebody who shares it with nobody.
    template <class Make>
    ResultTemplate& make(const hub::PublicationBatchPtr& batch, Make&& make) {
        auto& result_template = spare(batch);
        make(result_template);
        return result_template;
    }

    /// The batch has gone over the loop.
    void forget() {
        known_.clear();
        spare_.reset();
    }

  private:
    struct Known {
        bool answers(const hub::PublicationBatchPtr& batch, const Question& question) const;

        SelectionInterner::Wish selection;
        SelectionInterner::Wish filter;
        const graphql::Spelling* spelling;
        std::size_t head_size;
        std::vector<std::uint32_t> indexes;
        std::unique_ptr<ResultTemplate> result_template;
    };

    ResultTemplate* known_to(const hub::PublicationBatchPtr& batch, const Question& question);
    bool full() const;
    ResultTemplate& add(const hub::PublicationBatchPtr& batch, const Question& question);
    ResultTemplate& spare(const hub::PublicationBatchPtr& batch);

    std::vector<Known> known_;
    std::unique_ptr<ResultTemplate> spare_;
};

}  // namespace rotacast::execution

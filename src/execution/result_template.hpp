#pragma once

// The results of a batch for operations with the same selection, made once on each loop. Only the
// envelopes differ, by the operation's identifier; the rest is not even copied: each operation's
// envelope is written into the same bytes, which are sent, or copied if the
// socket is full, before the next one is written.

#include "execution/host.hpp"
#include "execution/selection_interner.hpp"
#include "graphql/message_encoder.hpp"
#include "hub/frame.hpp"
#include "hub/publication_batch.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::execution {

/// Framed results of some publications of one batch.
class ResultTemplate {
  public:
    explicit ResultTemplate(const hub::PublicationBatchPtr& batch);

    bool is_of(const hub::PublicationBatchPtr& batch) const {
        return !slice_.batch.owner_before(batch) && !batch.owner_before(slice_.batch);
    }
    /// Starts again for another batch; keeps its memory.
    void restart(const hub::PublicationBatchPtr& batch);

    /// Call after the result of publication `index` was appended to bytes(). Indexes must ascend.
    /// `head_at`: where its message begins, which is the envelope's text before the JSON.
    void add(std::uint32_t index, std::size_t head_at);
    std::string& bytes() { return bytes_; }
    std::size_t size() const { return bytes_.size(); }

    bool empty() const { return bytes_.empty(); }
    /// The frame for the operation whose results begin with `head`, which must be as long as the
    /// one the template was made with. Valid until the next call.
    hub::Frame rendered(std::string_view head);

  private:
    const hub::PublicationBatch* of_;  // valid while results are added
    hub::Slice slice_;
    std::string bytes_;
    std::vector<std::size_t> heads_;
};

/// The result templates of the batch that is being delivered on a loop. Thread: its own. Memory,
/// until forget(): `kept_max` templates, no more once they have `bytes_max`, and one that is not
/// shared.
class ResultTemplateCache {
  public:
    static constexpr std::size_t kept_max = 64;
    static constexpr std::size_t bytes_max = 16 << 20;

    /// Operations with equal questions get the same bytes, except for the envelope.
    struct Question {
        const SelectionInterner::Text& selection;
        const SelectionInterner::Text& filter;
        const graphql::MessageEncoder& encoder;
        AppendFramed framing;
        std::size_t head_size;
        std::span<const std::uint32_t> indexes;  ///< of the publications to consider
    };

    /// Calls `make(ResultTemplate&)` if the template is not there. Valid until the next call.
    template <class Make>
    ResultTemplate& find(const hub::PublicationBatchPtr& batch,
                         const Question& question,
                         Make&& make) {
        if (auto* known = known_to(batch, question)) return *known;
        auto& result_template = add(batch, question);
        try {
            make(result_template);
        } catch (...) {
            forget();  // an incomplete template must not be reused
            throw;
        }
        return result_template;
    }

    /// Makes a template that is not shared. Valid until the next call.
    template <class Make>
    ResultTemplate& make(const hub::PublicationBatchPtr& batch, Make&& make) {
        auto& result_template = spare(batch);
        make(result_template);
        return result_template;
    }

    /// Call when the batch was delivered on the loop.
    void forget() {
        known_.clear();
        spare_.reset();
    }

  private:
    struct Known {
        bool answers(const hub::PublicationBatchPtr& batch, const Question& question) const;

        SelectionInterner::Text selection;
        SelectionInterner::Text filter;
        const graphql::MessageEncoder* encoder;
        AppendFramed framing;
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

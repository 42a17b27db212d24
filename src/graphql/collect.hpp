#pragma once

// Selections of one object type put together by response key, fragments followed (September 2025,
// 6.3.2).

#include "graphql/coercion.hpp"

namespace rotacast::graphql {

/// The fields that make one member of the answer. Views into the document.
struct FieldGroup {
    std::string_view response_key;
    std::vector<const ast::Selection*> fields;

    const ast::Selection& first() const { return *fields.front(); }
};

using SelectionSets = std::vector<const std::vector<ast::Selection>*>;

/// The selection sets beneath the fields of a group.
SelectionSets sets_beneath(const FieldGroup& group);

/// Follows fragments through a document without cycles. `variables` decide @skip and @include.
/// Counts what it looks at: when `visits` reaches 0 it stops, and is no longer `good`.
class Collector {
  public:
    Collector(const Schema& schema,
              const ast::Document& document,
              const Variables& variables,
              std::size_t visits)
        : schema_(schema), document_(document), variables_(variables), visits_(visits) {}

    /// In the order of their first mention.
    std::vector<FieldGroup> collect(const Type& object, const SelectionSets& sets);

    bool good() const { return visits_ > 0; }

  private:
    struct Collection;

    void collect_set(const std::vector<ast::Selection>& set, Collection& into);
    void collect_fragment(std::string_view type_name,
                          const std::vector<ast::Selection>& set,
                          Collection& into);
    bool is_included(const ast::Selection& selection) const;

    const Schema& schema_;
    const ast::Document& document_;
    const Variables& variables_;
    std::size_t visits_;
};

}  // namespace rotacast::graphql

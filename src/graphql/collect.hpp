#pragma once

// Collects the fields of one object type by response key and follows fragments (September 2025,
// 6.3.2).

#include "graphql/coercion.hpp"

namespace rotacast::graphql {

/// The fields that are merged into one member of the response. Views into the document.
struct FieldGroup {
    std::string_view response_key;
    std::vector<const ast::Selection*> fields;

    const ast::Selection& first() const { return *fields.front(); }
};

using SelectionSets = std::vector<const std::vector<ast::Selection>*>;

/// The selection sets of all fields of a group.
SelectionSets sets_beneath(const FieldGroup& group);

/// Follows the fragments of a document without cycles. `variables` decide @skip and @include.
/// Counts the selections that it visits: when `visits` reaches 0 it stops, and `good` becomes
/// false.
class Collector {
  public:
    Collector(const Schema& schema,
              const ast::Document& document,
              const Variables& variables,
              std::size_t visits)
        : schema_(schema), document_(document), variables_(variables), visits_(visits) {}

    /// The groups in the order of their first field.
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

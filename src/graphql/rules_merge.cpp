// 5.3.2 Field selection merging.
//
// Comparing all pairs of fields would take quadratic time or worse. Instead, all fields of a
// response key are compared with the first of them, and their selections are then processed
// together. The first pass checks that all have the same shape, whatever their parent types. The
// second checks that fields which can appear in one object are the same field with the same
// arguments. Fragments multiply the selections to visit, so visits are counted and limited.

#include "graphql/parser.hpp"
#include "graphql/planner.hpp"
#include "graphql/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

namespace rotacast::graphql {
namespace {

struct Entry {
    const ast::Selection* node;
    const Type* parent;
    const Field* field;
};
using Entries = std::vector<Entry>;

struct Level {
    std::vector<Entries> groups = {};  ///< by response key, in the order of the first field
    std::unordered_map<std::string_view, std::size_t> by_key = {};
    std::unordered_set<std::string_view> fragments_seen = {};
};

/// SameResponseShape() of two types, without their selections.
bool same_shape(TypeRef a, TypeRef b) {
    if (a.is_non_null() != b.is_non_null() || a.is_list() != b.is_list()) return false;
    if (!a.is_named()) return same_shape(a.inner(), b.inner());
    return !(a.named().is_leaf() || b.named().is_leaf()) || &a.named() == &b.named();
}

class MergeCheck {
  public:
    MergeCheck(const Facts& facts, Report& report)
        : facts_(facts), report_(report), visits_(facts.limits.selections_max) {}

    void check(const std::vector<ast::Selection>& set, const Type& root) {
        Level level;
        collect(set, root, level);
        check_shapes(level, 1);
        check_fields(level, 1);
    }

  private:
    bool stopped() const { return visits_ == 0 || report_.full(); }

    void collect(const std::vector<ast::Selection>& set, const Type& parent, Level& into) {
        for (const auto& selection : set) {
            if (stopped()) return;
            if (--visits_ == 0)
                refuse(
                    fmt::format("The document asks for more than {} selections when its "
                                "fragments are followed.",
                                facts_.limits.selections_max));
            if (selection.kind == ast::Selection::Kind::field)
                add(selection, parent, into);
            else if (selection.kind == ast::Selection::Kind::inline_fragment)
                collect(selection.selections, condition(selection.name.text, parent), into);
            else if (into.fragments_seen.insert(selection.name.text).second)
                if (const auto* fragment = facts_.document.find_fragment(selection.name.text))
                    collect(fragment->selections, condition(fragment->on.text, parent), into);
        }
    }

    void add(const ast::Selection& selection, const Type& parent, Level& into) {
        const auto* field = facts_.schema.find_field(parent, selection.name.text);
        if (!field) return;
        const auto [place, fresh] =
            into.by_key.try_emplace(selection.response_key(), into.groups.size());
        if (fresh) into.groups.emplace_back();
        into.groups[place->second].push_back({&selection, &parent, field});
    }

    const Type& condition(std::string_view name, const Type& parent) const {
        const auto* type = name.empty() ? nullptr : facts_.schema.find_type(name);
        return type ? *type : parent;
    }

    /// The selections of all entries, together.
    Level beneath(const Entries& entries) {
        Level level;
        for (const auto& entry : entries)
            collect(entry.node->selections, entry.field->type.named(), level);
        return level;
    }

    bool too_deep(std::size_t depth) {
        if (depth <= facts_.limits.depth_max) return false;
        refuse(fmt::format("The document asks for more than {} levels.", facts_.limits.depth_max));
        return true;
    }

    /// graphql-js allows `__typename` to share its response key with fields of any shape in other
    /// types, and clients rely on that.
    static bool is_meta(const Entry& entry) { return entry.field->name.starts_with("__"); }

    /// SameResponseShape(): clients must be able to decode the response whatever the concrete
    /// types.
    void check_shapes(const Level& level, std::size_t depth) {
        for (const auto& entries : level.groups) {
            if (stopped() || too_deep(depth)) return;
            const auto own = std::ranges::find_if_not(entries, is_meta);
            for (auto entry = own; entry != entries.end(); ++entry)
                if (!is_meta(*entry) && !same_shape(own->field->type, entry->field->type))
                    report_conflict(*own,
                                    *entry,
                                    fmt::format("they return conflicting types \"{}\" and \"{}\"",
                                                to_string(own->field->type),
                                                to_string(entry->field->type)));
            check_shapes(beneath(entries), depth + 1);
        }
    }

    /// FieldsInSetCanMerge(): one object has one field per response key. A union itself has only
    /// __typename, which can meet itself in every member type.
    void check_fields(const Level& level, std::size_t depth) {
        for (const auto& entries : level.groups) {
            if (stopped() || too_deep(depth)) return;
            std::map<const Type*, Entries> by_parent;
            for (const auto& entry : entries) by_parent[entry.parent].push_back(entry);
            for (const auto& [parent, same_parent] : by_parent) check_parent(same_parent, depth);
            check_unions(entries);
        }
    }

    void check_parent(const Entries& entries, std::size_t depth) {
        const auto& first = entries.front();
        for (const auto& entry : entries) check_pair(first, entry);
        if (!stopped()) check_fields(beneath(entries), depth + 1);
    }

    void check_unions(const Entries& entries) {
        const auto of_union = std::ranges::find_if(
            entries, [](const Entry& entry) { return entry.parent->kind == TypeKind::union_of; });
        if (of_union == entries.end()) return;
        for (const auto& entry : entries)
            if (of_union->parent->may_be(*entry.parent)) check_pair(*of_union, entry);
    }

    void check_pair(const Entry& first, const Entry& entry) {
        if (first.node == entry.node) return;
        if (first.node->name.text != entry.node->name.text)
            report_conflict(first,
                            entry,
                            fmt::format("\"{}\" and \"{}\" are different fields",
                                        first.node->name.text,
                                        entry.node->name.text));
        else if (arguments_of(*first.node) != arguments_of(*entry.node))
            report_conflict(first, entry, "they have differing arguments");
    }

    /// Printed with sorted object fields, so that equal texts mean equal arguments.
    const std::string& arguments_of(const ast::Selection& field) {
        const auto [place, fresh] = arguments_.try_emplace(&field);
        if (!fresh) return place->second;
        std::map<std::string_view, std::string> sorted;
        for (const auto& argument : field.arguments)
            sorted[argument.name.text] = print(argument.value, true);
        for (const auto& [name, value] : sorted)
            place->second += fmt::format("{}: {}, ", name, value);
        return place->second;
    }

    void report_conflict(const Entry& first, const Entry& entry, std::string_view why) {
        report_.add(fmt::format("Fields \"{}\" conflict because {}. Use different aliases on the "
                                "fields to fetch both if this was intentional.",
                                first.node->response_key(),
                                why),
                    {first.node->location, entry.node->location});
    }

    void refuse(std::string message) {
        visits_ = 0;
        report_.add(limit_error(std::move(message)));
    }

    const Facts& facts_;
    Report& report_;
    std::size_t visits_;
    std::unordered_map<const ast::Selection*, std::string> arguments_;
};

}  // namespace

void fields_can_merge(const Facts& facts, Report& report) {
    MergeCheck merge(facts, report);
    for (const auto& operation : facts.document.operations)
        merge.check(operation.selections, root_type(facts.schema, operation.kind));
}

}  // namespace rotacast::graphql

#pragma once

// Interns selections and filters: equal texts share one object, on whatever connection and loop, so
// that they can be compared by address.

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rotacast::execution {

/// Thread: any. Memory: the texts of the operations that live, each once. The returned objects may
/// outlive the interner.
class SelectionInterner {
  public:
    using Text = std::shared_ptr<const std::string>;

    Text find(const std::string& shape) {
        const std::scoped_lock lock(table_->mutex);
        auto& known = table_->by_shape[shape];
        if (auto text = known.lock()) return text;
        Text text(new const std::string(shape), [table = table_](const std::string* gone) {
            table->forget(*gone);
            delete gone;
        });
        known = text;
        return text;
    }

  private:
    struct Table {
        /// Another caller may have interned the same text again in the meantime.
        void forget(const std::string& shape) {
            const std::scoped_lock lock(mutex);
            const auto found = by_shape.find(shape);
            if (found != by_shape.end() && found->second.expired()) by_shape.erase(found);
        }

        std::mutex mutex;
        std::unordered_map<std::string, std::weak_ptr<const std::string>> by_shape;
    };

    std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace rotacast::execution

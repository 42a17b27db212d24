#pragma once

// Who asks the same: one object for all operations of one shape, on whatever connection and loop;
// and one for all that filter alike.

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rotacast::execution {

/// Thread: any. Memory: the shapes of operations that live, each once. SelectionInterner may
/// outlive it.
class SelectionInterner {
  public:
    using Wish = std::shared_ptr<const std::string>;

    Wish find(const std::string& shape) {
        const std::scoped_lock lock(table_->mutex);
        auto& known = table_->by_shape[shape];
        if (auto wish = known.lock()) return wish;
        Wish wish(new const std::string(shape), [table = table_](const std::string* gone) {
            table->forget(*gone);
            delete gone;
        });
        known = wish;
        return wish;
    }

  private:
    struct Table {
        /// Somebody may have asked for it anew in the meantime.
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

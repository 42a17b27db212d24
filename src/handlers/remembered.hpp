#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace rotacast::handlers {

/// The newest `keys_max` things by their key; the oldest one is forgotten for a new one.
/// Thread: one at a time.
template <class T>
class Remembered {
  public:
    explicit Remembered(std::size_t keys_max) : keys_max_(keys_max) {}

    /// Made when it is not there. Stays valid until the next call.
    T& operator[](const std::string& key) {
        const auto [place, is_new] = things_.try_emplace(key);
        if (!is_new) return place->second;
        order_.push_back(key);
        while (order_.size() > keys_max_) {
            things_.erase(order_.front());
            order_.pop_front();
        }
        return things_[key];
    }

    const T* find(const std::string& key) const {
        const auto found = things_.find(key);
        return found == things_.end() ? nullptr : &found->second;
    }

    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [key, thing] : things_) visit(thing);
    }

    std::size_t size() const { return things_.size(); }

  private:
    std::size_t keys_max_;
    std::unordered_map<std::string, T> things_;
    std::deque<std::string> order_;
};

}  // namespace rotacast::handlers

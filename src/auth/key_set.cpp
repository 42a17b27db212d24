#include "auth/key_set.hpp"

#include "reflect/json.hpp"

#include <algorithm>

namespace rotacast::auth {
namespace {

Error unusable(std::string message) {
    return {ErrorCode::config_invalid, std::move(message), ""};
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view document) {
    if (document.size() > document_bytes_max)
        return unusable("the key set is larger than " + std::to_string(document_bytes_max) +
                        " bytes");
    const auto parsed = reflect::parse_json(document);
    if (!parsed) return unusable("the key set is no JSON document");
    const auto* object = parsed->if_object();
    const auto* member = object ? object->if_contains("keys") : nullptr;
    const auto* list = member ? member->if_array() : nullptr;
    if (!list) return unusable("the key set has no list `keys`");
    if (list->size() > keys_max)
        return unusable("the key set holds more than " + std::to_string(keys_max) + " keys");

    KeySet set;
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto key = read_public_key((*list)[i]);
        if (key && key->id && set.find(key->algorithm, *key->id))
            key = unusable("has the `kid` of one before it");
        if (key)
            set.keys_.push_back(std::move(*key));
        else
            set.skipped_.push_back("key " + std::to_string(i + 1) + " " + key.error().message);
    }
    return set;
}

const PublicKey* KeySet::find(Algorithm algorithm, std::string_view id) const {
    const auto found = std::ranges::find_if(
        keys_, [&](const auto& key) { return key.algorithm == algorithm && key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

const PublicKey* KeySet::only(Algorithm algorithm) const {
    if (std::ranges::count(keys_, algorithm, &PublicKey::algorithm) != 1) return nullptr;
    return &*std::ranges::find(keys_, algorithm, &PublicKey::algorithm);
}

bool KeySet::names(std::string_view id) const {
    return std::ranges::any_of(keys_, [&](const auto& key) { return key.id == id; });
}

}  // namespace rotacast::auth

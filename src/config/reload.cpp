#include "config/reload.hpp"

#include <algorithm>
#include <array>

namespace rotacast::config {
namespace {

constexpr std::array<std::string_view, 8> reloadable_keys{"policy",
                                                          "jwt_secret_file",
                                                          "log_level",
                                                          "tls.certificate_file",
                                                          "tls.key_file",
                                                          "metrics.token_file",
                                                          "websocket.max_subscriptions",
                                                          "websocket.auth_timeout_s"};
constexpr std::string_view reloadable_section = "limits.";

void copy_value(const Setting& setting, Config& to, Config from) {
    std::visit([&](auto* target) { *target = *std::get<decltype(target)>(setting.slot(from)); },
               setting.slot(to));
}

}  // namespace

bool is_reloadable(std::string_view key) {
    return key.starts_with(reloadable_section) ||
           std::ranges::find(reloadable_keys, key) != reloadable_keys.end();
}

Changes apply_reloadable(Config& running, const Config& wanted) {
    const bool has_tls = !running.tls.certificate_file.empty();
    const bool wants_tls = !wanted.tls.certificate_file.empty();
    Changes changes;
    for (const auto& setting : settings()) {
        if (value_text(setting, running) == value_text(setting, wanted)) continue;
        const bool switches_tls = setting.key.starts_with("tls.") && has_tls != wants_tls;
        if (!is_reloadable(setting.key) || switches_tls) {
            changes.waiting.push_back(setting.key);
            continue;
        }
        copy_value(setting, running, wanted);
        changes.applied.push_back(setting.key);
    }
    return changes;
}

}  // namespace rotacast::config

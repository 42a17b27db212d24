#pragma once

// The roles of the original's user table (wire specification §1.2), named as they are stored.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::auth {

enum class Role : std::uint8_t {
    admin,
    coordinator,
    faculty,
    clinical_staff,
    rn,
    lpn,
    msa,
    resident,
};

inline constexpr std::array all_roles{Role::admin,
                                      Role::coordinator,
                                      Role::faculty,
                                      Role::clinical_staff,
                                      Role::rn,
                                      Role::lpn,
                                      Role::msa,
                                      Role::resident};

/// Case-sensitive; nullopt for any other text.
std::optional<Role> parse_role(std::string_view text);
std::string_view to_string(Role role);

}  // namespace rotacast::auth

#include "auth/role.hpp"

namespace rotacast::auth {

std::string_view to_string(Role role) {
    switch (role) {
        case Role::admin: return "admin";
        case Role::coordinator: return "coordinator";
        case Role::faculty: return "faculty";
        case Role::clinical_staff: return "clinical_staff";
        case Role::rn: return "rn";
        case Role::lpn: return "lpn";
        case Role::msa: return "msa";
        case Role::resident: return "resident";
    }
    return "resident";
}

std::optional<Role> parse_role(std::string_view text) {
    for (const Role role : all_roles)
        if (to_string(role) == text) return role;
    return std::nullopt;
}

}  // namespace rotacast::auth

#include "auth/access.hpp"

namespace rotacast::auth {
namespace {

struct Rights {
    bool watches_anyone;
    bool publishes;
    bool operates;
    bool ends_server;
};

// clang-format off
// The policy table. There are no other rules about roles.
constexpr Rights rights_of(Role role) {
    switch (role) {
        //                                  anyone  publish  operate  end
        case Role::admin:          return { true,   true,    true,    true  };
        case Role::coordinator:    return { true,   true,    true,    false };
        case Role::faculty:        return { true,   false,   false,   false };
        case Role::clinical_staff: return { false,  false,   false,   false };
        case Role::rn:             return { false,  false,   false,   false };
        case Role::lpn:            return { false,  false,   false,   false };
        case Role::msa:            return { false,  false,   false,   false };
        case Role::resident:       return { false,  false,   false,   false };
    }
    return {false, false, false, false};
}

// clang-format on

}  // namespace

std::optional<Policy> parse_policy(std::string_view text) {
    if (text == "strict") return Policy::strict;
    if (text == "open") return Policy::open;
    return std::nullopt;
}

std::string_view to_string(Policy policy) {
    return policy == Policy::open ? "open" : "strict";
}

bool may_watch_person(Policy policy, const Principal& principal, const Uuid& person) {
    return policy == Policy::open || rights_of(principal.role).watches_anyone ||
           person == principal.user_id || person == principal.person_id;
}

bool may_watch_schedule(Policy, const Principal&, const Uuid&) {
    return true;
}

bool may_publish(Role role) {
    return rights_of(role).publishes;
}

bool may_operate(Role role) {
    return rights_of(role).operates;
}

bool may_end_server(Role role) {
    return rights_of(role).ends_server;
}

}  // namespace rotacast::auth

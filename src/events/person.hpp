#pragma once

// People of the programme. Wire specification §3.4. Not shown to clients.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct PersonCreated {
    static constexpr std::string_view type = "PersonCreated";
    static constexpr std::string_view aggregate = "Person";
    std::string person_id;
    std::string name;
    std::string email;
    std::string role;
    std::string created_by;
};
DESCRIBE(PersonCreated,
         "Somebody joined the programme.",
         (person_id, "The person."),
         (name, "Full name."),
         (email, "Address for messages."),
         (role, "resident, faculty and the like."),
         (created_by, "Who entered the person."))

struct PersonUpdated {
    static constexpr std::string_view type = "PersonUpdated";
    static constexpr std::string_view aggregate = "Person";
    std::string person_id;
    std::string updated_by;
    json::object changes;
};
DESCRIBE(PersonUpdated,
         "A person's record was changed.",
         (person_id, "The person."),
         (updated_by, "Who changed it."),
         (changes, "New values by field name."))

struct PersonActivated {
    static constexpr std::string_view type = "PersonActivated";
    static constexpr std::string_view aggregate = "Person";
    std::string person_id;
    std::string activated_by;
    std::optional<std::string> reason;
};
DESCRIBE(PersonActivated,
         "A person takes part again.",
         (person_id, "The person."),
         (activated_by, "Who said so."),
         (reason, "Why."))

struct PersonDeactivated {
    static constexpr std::string_view type = "PersonDeactivated";
    static constexpr std::string_view aggregate = "Person";
    std::string person_id;
    std::string deactivated_by;
    std::optional<std::string> reason;
};
DESCRIBE(PersonDeactivated,
         "A person takes no part any more.",
         (person_id, "The person."),
         (deactivated_by, "Who said so."),
         (reason, "Why."))

using PersonEvents = mp_list<PersonCreated, PersonUpdated, PersonActivated, PersonDeactivated>;

}  // namespace rotacast::events

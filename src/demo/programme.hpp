#pragma once

// The demo's data: an invented residency programme of internal medicine over one academic year. A
// pure function of a seed and a year, so that every start, node and test has the same people,
// blocks and duties with the same identifiers. All names are invented.

#include "auth/role.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::demo {

inline constexpr std::size_t residents = 24;

/// A person with an account. Residents and faculty also have a person record and can be watched.
struct Person {
    Uuid user_id;
    std::optional<Uuid> person_id;
    std::string name;
    std::string username;
    std::string email;
    auth::Role role = auth::Role::resident;
    int resident_year = 0;  ///< 1 to 3 for residents (PGY), else 0
};

struct Rotation {
    Uuid id;
    std::string name;
};

/// Half a day. Blocks are in order: block 2 * d is the morning of day d, 2 * d + 1 the afternoon.
struct Block {
    Uuid id;
    std::chrono::sys_days date;
    bool afternoon = false;
};

/// The members are indices into the programme's vectors.
struct Duty {
    Uuid assignment_id;
    std::size_t person = 0;
    std::size_t block = 0;
    std::size_t rotation = 0;
};

/// Days that the demo plans, from 1 July. If the year has a 29 February, 30 June is left out.
inline constexpr std::size_t planned_days = 365;

struct Programme {
    Uuid schedule_id;
    Uuid academic_year_id;
    std::string schedule_name;   ///< `Academic year 2025/26`
    std::vector<Person> people;  ///< 24 residents, 10 faculty, 2 coordinators, 1 admin
    std::vector<Rotation> rotations;
    std::vector<Block> blocks;  ///< 2 * planned_days
    std::vector<Duty> duties;   ///< one per day

    /// The first account with that role: resident, faculty, coordinator or admin.
    const Person& first_of(auth::Role role) const;
    /// Index of the day of `time` in the programme's year, clamped to it.
    std::size_t day_of(Timestamp time) const;
};

/// The calendar year in which the academic year of `time` began.
int academic_year_of(Timestamp time);

Programme make_programme(std::uint64_t seed, int first_year);

/// The names that the demo page shows: schedule, people, rotations, blocks (`blocks.ids` in order,
/// two per day from `blocks.first_date`). No secrets.
std::string to_json(const Programme& programme);

}  // namespace rotacast::demo

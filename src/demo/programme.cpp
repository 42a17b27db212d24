#include "demo/programme.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace rotacast::demo {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 37> names{
    "Amara Osei",       "Benedikt Lang",    "Camila Duarte",    "Daniel Okafor",
    "Elena Petrova",    "Farid Haddad",     "Grace Whitfield",  "Hiroshi Tanaka",
    "Ingrid Solberg",   "Jonas Weber",      "Keisha Morgan",    "Liam Gallagher",
    "Mei-Ling Chen",    "Noah Bergström",   "Olivia Hartman",   "Priya Raman",
    "Quentin Moreau",   "Rosa Jiménez",     "Samuel Adeyemi",   "Tove Lindqvist",
    "Uma Krishnan",     "Victor Santos",    "Wanjiru Kamau",    "Yusuf Demir",
    "Margaret Ellison", "Thomas Brandt",    "Nadia Rahimi",     "Robert Castellano",
    "Helen Nakamura",   "Charles Mbeki",    "Françoise Dubois", "Anders Holm",
    "Patricia Nolan",   "Ravi Subramanian", "Teresa Quinn",     "Martin Feld",
    "Judith Aaronson"};
constexpr std::size_t faculty = 10;
constexpr std::size_t coordinators = 2;

constexpr std::array<std::string_view, 10> rotation_names{"Inpatient Medicine",
                                                          "Intensive Care Unit",
                                                          "Emergency Department",
                                                          "Cardiology Consults",
                                                          "Continuity Clinic",
                                                          "Night Float",
                                                          "Ambulatory Care",
                                                          "Neurology",
                                                          "Geriatrics",
                                                          "Infectious Diseases"};

// Each kind of object has its own branch of identifiers, so that adding objects of one kind does
// not change the identifiers of another.
enum class Branch : std::uint64_t { schedule = 1, user, person, rotation, block, assignment };

Uuid root_of(std::uint64_t seed, int year) {
    return Uuid::derived(Uuid::derived(Uuid{}, seed), static_cast<std::uint64_t>(year));
}

Uuid identifier(const Uuid& root, Branch branch, std::size_t index) {
    return Uuid::derived(Uuid::derived(root, static_cast<std::uint64_t>(branch)), index);
}

/// ASCII replacements of the other letters in the names above.
constexpr std::array<std::pair<std::string_view, char>, 3> plain_dead_letters{
    {{"ö", 'o'}, {"é", 'e'}, {"ç", 'c'}}};

/// `Noah Bergström` -> `nbergstrom`: the family name after the first initial.
std::string username_of(std::string_view name) {
    std::string username(name.substr(name.find(' ')));
    username[0] = name.front();
    for (const auto& [letter, plain] : plain_dead_letters)
        if (const auto at = username.find(letter); at != std::string::npos)
            username.replace(at, letter.size(), 1, plain);
    std::transform(username.begin(), username.end(), username.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return username;
}

auth::Role role_of(std::size_t index) {
    if (index < residents) return auth::Role::resident;
    if (index < residents + faculty) return auth::Role::faculty;
    if (index < residents + faculty + coordinators) return auth::Role::coordinator;
    return auth::Role::admin;
}

// People stay when the year changes: their identifiers depend only on the seed. Otherwise a demo
// database kept over 1 July would have the same user names with other identifiers.
Person make_person(std::uint64_t seed, std::size_t index) {
    const auto root = Uuid::derived(Uuid{}, seed);
    Person person;
    person.user_id = identifier(root, Branch::user, index);
    person.name = names[index];
    person.username = username_of(names[index]);
    person.email = person.username + "@demo.example";
    person.role = role_of(index);
    if (index < residents + faculty) {
        person.person_id = identifier(root, Branch::person, index);
        person.name = "Dr " + person.name;
    }
    if (index < residents) person.resident_year = static_cast<int>(index / 8) + 1;
    return person;
}

// One duty per day, in the morning and in the afternoon by turns. The residents take turns, and
// each resident's rotation changes every four weeks, as in real programmes.
Duty make_duty(const Uuid& root, std::size_t day) {
    const std::size_t week = day / 7;
    Duty duty;
    duty.assignment_id = identifier(root, Branch::assignment, day);
    duty.person = (week * 7 + day * 5) % residents;
    duty.block = 2 * day + day % 2;
    duty.rotation = (duty.person + day / 28) % rotation_names.size();
    return duty;
}

void append_person(std::string& out, const Person& person) {
    out += "{\"person_id\":";
    out += person.person_id ? '"' + rotacast::to_string(*person.person_id) + '"' : "null";
    out += ",\"user_id\":\"";
    append_uuid(out, person.user_id);
    out += "\",\"name\":";
    append_json_string(out, person.name);
    out += ",\"username\":";
    append_json_string(out, person.username);
    out += ",\"role\":";
    append_json_string(out, auth::to_string(person.role));
    out += ",\"resident_year\":";
    append_json_integer(out, person.resident_year);
    out += '}';
}

void append_rotation(std::string& out, const Rotation& rotation) {
    out += "{\"id\":\"";
    append_uuid(out, rotation.id);
    out += "\",\"name\":";
    append_json_string(out, rotation.name);
    out += '}';
}

template <class Range, class Append>
void append_array(std::string& out, const Range& range, Append append) {
    out += '[';
    bool first = true;
    for (const auto& item : range) {
        if (!first) out += ',';
        first = false;
        append(out, item);
    }
    out += ']';
}

}  // namespace

const Person& Programme::first_of(auth::Role role) const {
    return *std::find_if(
        people.begin(), people.end(), [&](const Person& person) { return person.role == role; });
}

std::size_t Programme::day_of(Timestamp time) const {
    const auto day = (floor<days>(time) - blocks.front().date).count();
    return static_cast<std::size_t>(std::clamp<std::int64_t>(day, 0, planned_days - 1));
}

int academic_year_of(Timestamp time) {
    const year_month_day date(floor<days>(time));
    return static_cast<int>(date.year()) - (date.month() < July ? 1 : 0);
}

Programme make_programme(std::uint64_t seed, int first_year) {
    const auto root = root_of(seed, first_year);
    const sys_days first_day = year(first_year) / July / 1;
    Programme programme;
    programme.schedule_id = identifier(root, Branch::schedule, 0);
    programme.academic_year_id = identifier(root, Branch::schedule, 1);
    const auto second_half = std::to_string((first_year + 1) % 100 + 100).substr(1);
    programme.schedule_name = "Academic year " + std::to_string(first_year) + "/" + second_half;
    for (std::size_t i = 0; i < names.size(); ++i) programme.people.push_back(make_person(seed, i));
    for (std::size_t i = 0; i < rotation_names.size(); ++i)
        programme.rotations.push_back(
            {identifier(root, Branch::rotation, i), std::string(rotation_names[i])});
    for (std::size_t i = 0; i < 2 * planned_days; ++i)
        programme.blocks.push_back({identifier(root, Branch::block, i),
                                    first_day + days(static_cast<int>(i / 2)),
                                    i % 2 == 1});
    for (std::size_t day = 0; day < planned_days; ++day)
        programme.duties.push_back(make_duty(root, day));
    return programme;
}

std::string to_json(const Programme& programme) {
    std::string out = "{\"schedule\":{\"id\":\"";
    append_uuid(out, programme.schedule_id);
    out += "\",\"name\":";
    append_json_string(out, programme.schedule_name);
    out += "},\"people\":";
    append_array(out, programme.people, append_person);
    out += ",\"rotations\":";
    append_array(out, programme.rotations, append_rotation);
    out += ",\"blocks\":{\"first_date\":";
    append_json_string(out,
                       rotacast::to_string(Timestamp(programme.blocks.front().date)).substr(0, 10));
    out += ",\"ids\":";
    append_array(out, programme.blocks, [](std::string& text, const Block& block) {
        text += '"';
        append_uuid(text, block.id);
        text += '"';
    });
    out += "}}";
    return out;
}

}  // namespace rotacast::demo

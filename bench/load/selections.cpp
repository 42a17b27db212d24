#include "load/selections.hpp"

#include <vector>

namespace rotacast::bench {

namespace {

/// An alias as long as the name, so that the result has the same size.
std::string_view message_of(std::size_t selection) {
    return selection % 3 == 0 ? "message" : "summary: message";
}

/// The permutation with this number, by its digits in the factorial number system.
std::string fields_of(std::size_t selection) {
    std::vector<std::string_view> left{"__typename",
                                       "timestamp",
                                       "scheduleId",
                                       "academicYearId",
                                       "userId",
                                       "updateType",
                                       "affectedBlocksCount",
                                       message_of(selection)};
    std::string fields;
    for (std::size_t rest = selection; !left.empty();) {
        const auto at = rest % left.size();
        rest /= left.size();
        fields.append(left[at]).append(" ");
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return fields;
}

std::string filter_of(std::string_view schedule_id, std::size_t selection) {
    const std::string schedule = R"("scheduleId":")" + std::string(schedule_id) + '"';
    switch (selection % 4) {
        case 1: return '{' + schedule + R"(,"updateTypes":["modified"]})";
        case 2: return R"({"updateTypes":["regenerated","modified"]})";
        case 3: return "null";
        default: return '{' + schedule + '}';
    }
}

}  // namespace

std::string document_of(std::size_t selection) {
    return "subscription Watch($filter: ScheduleSubscriptionFilter) "
           "{ scheduleUpdates(filter: $filter) { " +
           fields_of(selection) + "} }";
}

std::string subscribe_message(std::string_view id,
                              std::string_view schedule_id,
                              std::size_t selection) {
    std::string message = R"({"id":")" + std::string(id) + R"(","type":"subscribe","payload":)";
    message += R"({"query":")" + document_of(selection) + R"(","variables":{"filter":)";
    return message + filter_of(schedule_id, selection) + "}}}";
}

}  // namespace rotacast::bench

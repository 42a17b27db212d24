#include "api/intake.hpp"

#include "events/cloud_event.hpp"
#include "reflect/json.hpp"

#include <boost/json/array.hpp>

#include <optional>
#include <utility>

namespace rotacast::api {
namespace {

namespace json = boost::json;
using events::Decoded;

using DecodeEvent = Result<Decoded> (*)(const json::value& event, const std::string& path);

constexpr std::string_view data_path = "/data";

Result<Intake> decode_single(const json::value& event, DecodeEvent decode) {
    auto one = decode(event, "");
    if (!one) return one.error();
    Intake intake;
    intake.events.push_back(std::move(*one));
    return intake;
}

Result<Intake> decode_array(const json::array& array, std::size_t events_max, DecodeEvent decode) {
    if (array.empty()) return Error{ErrorCode::empty_request, "", ""};
    if (array.size() > events_max)
        return Error{ErrorCode::too_many_events,
                     "At most " + std::to_string(events_max) + " events go into one request.",
                     ""};
    Intake intake;
    intake.is_array = true;
    intake.events.reserve(array.size());
    std::optional<Error> wrong;
    for (std::size_t i = 0; i < array.size(); ++i) {
        auto one = decode(array[i], '/' + std::to_string(i));
        if (one)
            intake.events.push_back(std::move(*one));
        else if (!add_error(wrong, one.error()))
            break;
    }
    if (wrong) return std::move(*wrong);
    return intake;
}

Result<Intake> decode_cloud_events(const http::RequestContext& context,
                                   CloudEventForm form,
                                   json::value&& body,
                                   std::size_t events_max) {
    if (form == CloudEventForm::batch) {
        const auto* array = body.if_array();
        if (array) return decode_array(*array, events_max, &events::decode_cloud_event);
        return Error{ErrorCode::invalid_field, "A batch is an array of CloudEvents.", ""};
    }
    if (form == CloudEventForm::structured) return decode_single(body, &events::decode_cloud_event);
    auto event = cloud_event_attributes(context.request);
    if (!event) return event.error();
    auto attributes = reflect::to_json_text(*event);
    event->insert_or_assign("data", std::move(body));
    auto intake = decode_single(json::value(std::move(*event)), &events::decode_cloud_event);
    if (intake) intake->attributes = std::move(attributes);
    return intake;
}

}  // namespace

std::string Intake::path_of(std::size_t event, std::string_view member) const {
    std::string path;
    if (is_array) path = '/' + std::to_string(event);
    return path.append(members).append(member);
}

Result<Intake> decode_events(const http::RequestContext& context,
                             CloudEventForm form,
                             std::size_t events_max) {
    auto body = reflect::parse_json(context.request.body());
    if (!body) return body.error();
    if (form != CloudEventForm::none) {
        auto intake = decode_cloud_events(context, form, std::move(*body), events_max);
        if (intake) intake->members = data_path;
        return intake;
    }
    if (const auto* array = body->if_array())
        return decode_array(*array, events_max, &events::decode_envelope);
    return decode_single(*body, &events::decode_envelope);
}

Result<Intake> decode_one_broadcast(const http::RequestContext& context) {
    const auto body = reflect::parse_json(context.request.body());
    if (!body) return body.error();
    auto one = events::decode_broadcast(context.path_parameter, *body);
    if (!one) return one.error();
    Intake intake;
    intake.events.push_back(std::move(*one));
    return intake;
}

Result<void> refuse_ignored(const Intake& intake) {
    std::optional<Error> wrong;
    for (const auto& event : intake.events)
        for (const auto& path : event.ignored)
            if (!add_error(wrong, {ErrorCode::invalid_field, "There is no such field here.", path}))
                return std::move(*wrong);
    if (wrong) return std::move(*wrong);
    return {};
}

Error as_sent(Error error, const Intake& intake) {
    for (auto& other : error.others) other = as_sent(std::move(other), intake);
    const auto member = error.path.find('/', 1);
    if (member == std::string::npos) {  // the event as a whole, or the request
        if (!intake.is_array) error.path.clear();
        return error;
    }
    error.path.insert(member, intake.members);
    if (!intake.is_array) error.path.erase(0, member);
    return error;
}

}  // namespace rotacast::api

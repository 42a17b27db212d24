#include "net/deflate_negotiation.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace rotacast::net {
namespace {

constexpr std::string_view extension_name = "permessage-deflate";
constexpr std::string_view server_no_context_takeover = "server_no_context_takeover";
constexpr std::string_view client_no_context_takeover = "client_no_context_takeover";
constexpr std::string_view server_max_window_bits = "server_max_window_bits";
constexpr std::string_view client_max_window_bits = "client_max_window_bits";
constexpr std::size_t parameters_max = 4;  // per offer: any more are unknown or repeated

struct Parameter {
    std::string_view name;
    std::optional<std::string_view> value;
};

/// An extension that the client offers.
struct Offer {
    std::string_view name;
    std::vector<Parameter> parameters;
};

/// The limits on window bits in a well-formed offer of permessage-deflate.
struct Bounds {
    std::optional<std::uint8_t> server;
    std::optional<std::uint8_t> client;  // nullopt also for the parameter without a value
};

// ------------------------------------------------------------------------ RFC 6455 §9.1, grammar

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Removes and returns the text up to the next `separator` outside of quotes, or all of it.
std::string_view take(std::string_view& text, char separator) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != separator); ++end) {
        if (text[end] == '"') quoted = !quoted;
    }
    const auto taken = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    });
}

/// A quoted value must also be a token, so there are no escapes to handle.
std::string_view unquoted(std::string_view value) {
    if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) return value;
    return value.substr(1, value.size() - 2);
}

std::optional<Parameter> parse_parameter(std::string_view text) {
    const auto mark = text.find('=');
    Parameter parameter{trimmed(text.substr(0, mark)), std::nullopt};
    if (!is_token(parameter.name)) return std::nullopt;
    if (mark == std::string_view::npos) return parameter;
    parameter.value = unquoted(trimmed(text.substr(mark + 1)));
    if (!is_token(*parameter.value)) return std::nullopt;
    return parameter;
}

std::optional<Offer> parse_offer(std::string_view text) {
    const bool ends_open = text.ends_with(';');
    Offer offer{take(text, ';'), {}};
    if (!is_token(offer.name) || ends_open) return std::nullopt;
    while (!text.empty()) {
        const auto parameter = parse_parameter(take(text, ';'));
        if (!parameter) return std::nullopt;
        offer.parameters.push_back(*parameter);
    }
    return offer;
}

// ---------------------------------------------------------------------- RFC 7692 §7.1, parameters

/// Accepts 8 to 15, without leading zeros (§7.1.2).
std::optional<std::uint8_t> window_bits(std::string_view value) {
    if (value == "8") return std::uint8_t{8};
    if (value == "9") return std::uint8_t{9};
    if (value.size() != 2 || value[0] != '1' || value[1] < '0' || value[1] > '5') {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(10 + (value[1] - '0'));
}

bool has_repetition(const std::vector<Parameter>& parameters) {
    for (auto one = parameters.begin(); one != parameters.end(); ++one) {
        const auto same = [&](const Parameter& other) { return other.name == one->name; };
        if (std::any_of(one + 1, parameters.end(), same)) return true;
    }
    return false;
}

/// Returns whether an offer may have the parameter; records its limit.
bool note(const Parameter& parameter, Bounds& bounds) {
    const auto& [name, value] = parameter;
    if (name == server_no_context_takeover || name == client_no_context_takeover) return !value;
    if (name == server_max_window_bits && value) {
        return (bounds.server = window_bits(*value)).has_value();
    }
    if (name == client_max_window_bits) {
        return !value || (bounds.client = window_bits(*value)).has_value();
    }
    return false;
}

std::optional<Bounds> bounds_of(const Offer& offer) {
    const auto& parameters = offer.parameters;
    if (offer.name != extension_name || parameters.size() > parameters_max ||
        has_repetition(parameters)) {
        return std::nullopt;
    }
    Bounds bounds;
    for (const auto& parameter : parameters) {
        if (!note(parameter, bounds)) return std::nullopt;
    }
    return bounds;
}

std::string acceptance(const Bounds& bounds, const DeflateOptions& options) {
    std::string answer(extension_name);
    const auto add = [&](std::string_view parameter) { answer.append("; ").append(parameter); };
    const auto add_bits = [&](std::string_view parameter, unsigned bits) {
        add(parameter);
        answer.append("=").append(std::to_string(bits));
    };
    add(server_no_context_takeover);
    add(client_no_context_takeover);
    if (bounds.server) add_bits(server_max_window_bits, options.window_bits);
    if (bounds.client) add_bits(client_max_window_bits, *bounds.client);
    return answer;
}

}  // namespace

std::optional<std::string> negotiate_deflate(std::string_view offers,
                                             const DeflateOptions& options) {
    if (!options.enabled) return std::nullopt;
    while (!offers.empty()) {
        const auto offer = parse_offer(take(offers, ','));
        if (!offer) continue;
        const auto bounds = bounds_of(*offer);
        if (!bounds || bounds->server.value_or(deflate_window_bits_max) < options.window_bits) {
            continue;
        }
        return acceptance(*bounds, options);
    }
    return std::nullopt;
}

}  // namespace rotacast::net

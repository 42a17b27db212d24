#pragma once

// Close codes of GraphQL sockets (graphql-transport-ws, "Message types"; docs/protocol.md,
// "GraphQL"). Those for our own errors are in ws/close_code.

#include <cstdint>

namespace rotacast::graphql::close {

inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t invalid_message = 4400;
inline constexpr std::uint16_t unauthorized = 4401;
inline constexpr std::uint16_t subprotocol_not_acceptable = 4406;
inline constexpr std::uint16_t initialisation_timeout = 4408;
inline constexpr std::uint16_t subscriber_exists = 4409;
inline constexpr std::uint16_t too_many_requests = 4429;

}  // namespace rotacast::graphql::close

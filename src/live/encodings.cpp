#include "live/encodings.hpp"

#include "http/body_framing.hpp"
#include "http/sse.hpp"
#include "net/websocket_frames.hpp"
#include "ws/dialect.hpp"
#include "ws/v1_dialect.hpp"

#include <array>
#include <atomic>
#include <cassert>
#include <utility>
#include <variant>

namespace rotacast::live {
namespace {

std::atomic<std::size_t> threshold_bytes{net::DeflateOptions{}.threshold_bytes};

/// Appends a publication's text in a dialect.
using AppendText = void (*)(std::string& out, const hub::Publication& publication);

template <AppendText append_text>
std::string_view text_of(const hub::Publication& publication) {
    thread_local std::string text;
    text.clear();
    append_text(text, publication);
    return text;
}

template <AppendText append_text>
void encode(const hub::Publication& publication, std::string& out) {
    net::append_frame(out, net::Opcode::text, text_of<append_text>(publication));
}

template <AppendText append_text, std::uint8_t window_bits>
void encode_deflate(const hub::Publication& publication, std::string& out) {
    const net::DeflateOptions options{
        .enabled = true,
        .window_bits = window_bits,
        .threshold_bytes = threshold_bytes.load(std::memory_order_relaxed)};
    net::append_message(out, net::Opcode::text, text_of<append_text>(publication), options);
}

template <ws::Naming naming>
void classic(std::string& out, const hub::Publication& publication) {
    ws::append_classic(out, publication, naming);
}

void encode_sse(const hub::Publication& publication, std::string& out) {
    const auto name =
        std::visit([]<class E>(const E&) { return std::string_view(E::type); }, publication.event);
    http::append_sse_record(
        out, publication.cursor, name, text_of<ws::v1::append_event>(publication));
}

// One chunk for each, so that any selection of publications is a valid part of a body.
void encode_sse_chunked(const hub::Publication& publication, std::string& out) {
    thread_local std::string record;
    record.clear();
    encode_sse(publication, record);
    http::append_chunk(out, record);
}

// In the order of Encoding.
template <std::uint8_t window_bits>
constexpr hub::Encodings forms_for{&encode<classic<ws::Naming::snake>>,
                                   &encode<classic<ws::Naming::camel>>,
                                   &encode_deflate<classic<ws::Naming::snake>, window_bits>,
                                   &encode_deflate<classic<ws::Naming::camel>, window_bits>,
                                   &encode<ws::v1::append_event>,
                                   &encode_deflate<ws::v1::append_event, window_bits>,
                                   &encode_sse,
                                   &encode_sse_chunked};

template <std::size_t... steps>
const hub::Encodings& forms_of(std::uint8_t window_bits, std::index_sequence<steps...>) {
    constexpr std::array all{&forms_for<net::deflate_window_bits_min + steps>...};
    return *all.at(window_bits - net::deflate_window_bits_min);
}

}  // namespace

const hub::Encodings& encodings(const net::DeflateOptions& deflate) {
    constexpr std::size_t windows = net::deflate_window_bits_max - net::deflate_window_bits_min + 1;
    assert(deflate.window_bits >= net::deflate_window_bits_min);
    threshold_bytes.store(deflate.threshold_bytes, std::memory_order_relaxed);
    return forms_of(deflate.window_bits, std::make_index_sequence<windows>());
}

}  // namespace rotacast::live

#include "net/wire_forms.hpp"

#include "net/websocket_frames.hpp"
#include "ws/dialect.hpp"

namespace rotacast::net {
namespace {

template <ws::Naming naming>
void encode_classic(const hub::Publication& publication, std::string& out) {
    thread_local std::string text;
    text.clear();
    ws::append_classic(text, publication, naming);
    append_frame(out, Opcode::text, text);
}

}  // namespace

const hub::WireForms& wire_forms() {
    static constexpr hub::WireForms forms{&encode_classic<ws::Naming::snake>,
                                          &encode_classic<ws::Naming::camel>};
    return forms;
}

}  // namespace rotacast::net

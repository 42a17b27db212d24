#include "http/plain_http.hpp"

#include "http/url.hpp"

#include <string>
#include <string_view>

namespace rotacast::http {

Response use_tls(const Request& request) {
    const std::string_view host = request[field::host];
    return refusal(status::bad_request,
                   "This port speaks TLS: use https://" +
                       (is_host(host) ? std::string(host) + "/" : "") +
                       ", and wss:// for WebSockets.");
}

}  // namespace rotacast::http

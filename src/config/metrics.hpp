#pragma once

// `[metrics]`: figures for Prometheus.

#include "config/section.hpp"

#include <string>

namespace rotacast::config {

struct Metrics {
    std::string token_file;
    std::string listen;
};
DESCRIBE(
    Metrics,
    "Figures for Prometheus, at GET /metrics.",
    (token_file,
     "File with the token that Prometheus sends (`Authorization: Bearer`); without it the main "
     "port refuses. Read again at SIGHUP."),
    (listen,
     "HOST:PORT of a further port, plain HTTP, that serves only /metrics, /healthz and "
     "/readyz. It wants the token too if there is one; else let only Prometheus reach it."))

}  // namespace rotacast::config

// Which function answers which path.
#pragma once

#include <grantmint.hpp>
#include <httplib.h>

#include <map>
#include <string>

/// The streams that are served, by their SID.
using streams = std::map<std::string, grantmint::stream_minter, std::less<>>;

///     GET /token?stream=VJ…&identity=…   a token for a viewer
///     GET /healthz                       whether the server is up
///     GET /metrics                       what the cache has done, for Prometheus
///
/// Both must live as long as the server.
void add_routes(httplib::Server& server, const grantmint::playback_minter& live,
                const streams& served);

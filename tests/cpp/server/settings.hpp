// What the server is told by its environment.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

struct settings {
    std::string host;
    /// 0 takes a free one.
    int port;
    /// The PlayerStreamers that it serves, VJ….
    std::vector<std::string> streams;
    /// Requests that are served at once.
    std::size_t threads;
    /// The web origin whose pages may play; any if empty.
    std::string origin;
    /// Where grants come from; Twilio if empty, which has closed its endpoint.
    std::string base_url;
    /// The lifetime to ask for grants with.
    std::optional<std::chrono::seconds> grant_ttl;
    /// The processes that it shares grants with; none if empty.
    std::string fleet;

    /// Reads the environment:
    ///
    ///     TOKEN_SERVER_STREAMS    VJ…,VJ…
    ///     TOKEN_SERVER_LISTEN     127.0.0.1:8080 unless set
    ///     TOKEN_SERVER_THREADS    32 unless set
    ///     TOKEN_SERVER_ORIGIN     https://www.example.com; any unless set
    ///     GRANTMINT_BASE_URL      Twilio's unless set, which is closed
    ///     GRANTMINT_GRANT_TTL     60 seconds unless set
    ///     GRANTMINT_FLEET         host, or host:/a/folder; none unless set
    ///
    /// Throws std::invalid_argument, which names the variable. The API key is not here: grantmint
    /// reads it by itself.
    static settings from_env();
};

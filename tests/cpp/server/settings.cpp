#include "settings.hpp"

#include <charconv>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace {

std::string text(const char* name, const char* otherwise = "") {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? otherwise : value;
}

int number(std::string_view digits, int least, int most, const char* name) {
    int value = 0;
    const auto [end, failure] = std::from_chars(digits.begin(), digits.end(), value);
    if (failure != std::errc{} || end != digits.end() || value < least || value > most) {
        throw std::invalid_argument{std::string{name} + " needs a number from " +
                                    std::to_string(least) + " to " + std::to_string(most)};
    }
    return value;
}

std::vector<std::string> list(const std::string& text) {
    std::vector<std::string> items;
    std::istringstream rest{text};
    for (std::string item; std::getline(rest, item, ',');) {
        items.push_back(item);
    }
    return items;
}

}  // namespace

settings settings::from_env() {
    settings given{};
    const std::string listen = text("TOKEN_SERVER_LISTEN", "127.0.0.1:8080");
    const auto colon = listen.rfind(':');
    if (colon == std::string::npos) {
        throw std::invalid_argument{"TOKEN_SERVER_LISTEN needs a host, a colon and a port"};
    }
    given.host = listen.substr(0, colon);
    given.port = number(std::string_view{listen}.substr(colon + 1), 0, 65535, "TOKEN_SERVER_LISTEN");
    given.streams = list(text("TOKEN_SERVER_STREAMS"));
    if (given.streams.empty()) {
        throw std::invalid_argument{"TOKEN_SERVER_STREAMS needs the SIDs of the streams to serve"};
    }
    given.threads = static_cast<std::size_t>(
        number(text("TOKEN_SERVER_THREADS", "32"), 1, 1024, "TOKEN_SERVER_THREADS"));
    given.origin = text("TOKEN_SERVER_ORIGIN");
    given.base_url = text("GRANTMINT_BASE_URL");
    given.fleet = text("GRANTMINT_FLEET");
    if (const std::string ttl = text("GRANTMINT_GRANT_TTL"); !ttl.empty()) {
        given.grant_ttl = std::chrono::seconds{number(ttl, 1, 60, "GRANTMINT_GRANT_TTL")};
    }
    return given;
}

// As mint.c, and a grant from a source, which a thread of the library asks.
#include <grantmint.hpp>

#include <iostream>

int main() {
    const grantmint::api_key key{"AC00000000000000000000000000000001",
                                 "SK00000000000000000000000000000002",
                                 "a secret of more than 32 characters in all"};
    const grantmint::source source{[](const grantmint::grant_request&) {
        return grantmint::fetched{R"({"playbackUrl":"https://example.com/"})", {}};
    }};
    const grantmint::playback_minter live{
        key, grantmint::playback_minter_options{}.source(source).isolated(true)};
    const std::string jwt = live.token("VJ00000000000000000000000000000003", "alice").jwt;
    if (grantmint::verify(jwt, key).identity != "alice") {
        return 1;
    }
    try {
        static_cast<void>(live.token("VJ", "alice"));
        return 1;
    } catch (const grantmint::error& error) {
        if (error.code() != grantmint::errc::invalid_sid) {
            return 1;
        }
    }
    const grantmint_str_t version = grantmint_version();
    std::cout << "header " << GRANTMINT_VERSION << " library "
              << std::string_view{version.data, version.len} << '\n';
}

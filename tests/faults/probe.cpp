// Asks for one token and prints what the caller sees: a code, the milliseconds that it took, and the
// milliseconds after which to come back.
#include <grantmint.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>

using namespace std::chrono;

int main() {
    grantmint::playback_minter_options options;
    if (const char* url = std::getenv("GRANTMINT_BASE_URL")) {
        options.base_url(url);
    }
    if (const char* file = std::getenv("GRANTMINT_CA_FILE")) {
        options.ca_file(file);
    }
    const grantmint::playback_minter live{grantmint::api_key::from_env(), options};
    std::string_view code = "ok";
    milliseconds wait{0};
    const auto start = steady_clock::now();
    try {
        (void)live.token("VJ00000000000000000000000000000001", "alice");
    } catch (const grantmint::error& error) {
        code = grantmint::name(error.code());
        wait = error.retry_after().value_or(milliseconds{0});
    }
    const auto took = duration_cast<milliseconds>(steady_clock::now() - start);
    std::cout << code << ' ' << took.count() << ' ' << wait.count() << '\n';
}

// Asks for a token of each stream that it reads the number of, as a process of a fleet, and prints what the caller sees:
// a code, and the milliseconds that it took. At the end it prints how fetches without a lease came about, what was not
// taken over, the fleet's events, and what was wrong.
#include <grantmint.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

using namespace std::chrono;

int main() {
    const grantmint::fleet shared = grantmint::fleet::parse(std::getenv("GRANTMINT_FLEET"));
    const grantmint::playback_minter live{
        grantmint::api_key::from_env(), grantmint::playback_minter_options{}
                                            .base_url(std::getenv("GRANTMINT_BASE_URL"))
                                            .fleet(shared)};
    for (std::string number; std::getline(std::cin, number);) {
        std::string_view code = "ok";
        const auto start = steady_clock::now();
        try {
            (void)live.token("VJ" + std::string(32 - number.size(), '0') + number, "alice");
        } catch (const grantmint::error& error) {
            code = grantmint::name(error.code());
        }
        const auto took = duration_cast<milliseconds>(steady_clock::now() - start);
        std::cout << code << ' ' << took.count() << std::endl;
    }
    const grantmint::stats stats = live.stats();
    const grantmint::counters counted = stats.counters();
    std::cout << counted.fleet_alone_failed << ' ' << counted.fleet_alone_nolease << ' '
              << counted.fleet_alone_late << ' ' << counted.fleet_alone_rejected << ' '
              << counted.fleet_rejected << " [";
    const char* between = "";
    for (const grantmint::event& event : live.drain_events()) {
        if (event.name.compare(0, 6, "fleet_") == 0) {
            std::cout << between << event.name;
            between = ",";
        }
    }
    std::cout << "] " << stats.fleet_trouble().value_or("") << '\n';
}

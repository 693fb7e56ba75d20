// Reads streams until its input ends, as one process of a fleet; then prints a line of JSON about itself. The
// environment says which streams, which fleet and which upstream.
#include <grantmint.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <thread>

using clock_type = std::chrono::steady_clock;

static std::string setting(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : value;
}

static double since(clock_type::time_point start) {
    return std::chrono::duration<double>(clock_type::now() - start).count();
}

// With the folder of the machine that this process stands for, if there are several.
static grantmint::fleet of_settings() {
    const std::string fleet = setting("GRANTMINT_FLEET"), host = setting("READER_HOST");
    if (host.empty()) {
        return grantmint::fleet::parse(fleet);
    }
    return grantmint::fleet::redis(
        fleet, grantmint::redis_fleet_options{}.host_path(host).timeout(std::chrono::seconds{2}));
}

static std::string stream(unsigned long number) {
    char text[35];
    std::snprintf(text, sizeof text, "VJ%032lx", number);
    return text;
}

int main() {
    const grantmint::fleet fleet = of_settings();
    const grantmint::playback_minter live{
        grantmint::api_key::from_env(), grantmint::playback_minter_options{}
                                            .base_url(setting("GRANTMINT_BASE_URL"))
                                            .fleet(fleet)};
    const unsigned long streams = std::stoul(setting("READER_STREAMS"));
    const std::string first_one = setting("READER_FIRST");
    const unsigned long first = first_one.empty() ? 0 : std::stoul(first_one);

    std::cout << "ready" << std::endl;
    std::string line;
    std::getline(std::cin, line);
    std::atomic<bool> ends{false};
    std::thread watcher{[&] {
        while (std::getline(std::cin, line)) {
        }
        ends = true;
    }};

    const auto start = clock_type::now();
    unsigned long reads = 0;
    double first_s = 0, slowest_s = 0;
    std::set<std::string> errors;
    while (!ends) {
        for (unsigned long number = 0; number < streams; number++) {
            const auto before = clock_type::now();
            try {
                static_cast<void>(live.token(stream((first + number) % streams), "alice"));
            } catch (const grantmint::error& error) {
                errors.insert(std::string{name(error.code())});
            }
            const double took = since(before);
            if (reads == 0) {
                first_s = took;
            } else if (reads >= streams && took > slowest_s) {  // All but the first of each stream.
                slowest_s = took;
            }
            reads++;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    watcher.join();

    const grantmint::counters counted = live.stats().counters();
    std::cout << "{\"reads\": " << reads << ", \"first_s\": " << first_s << ", \"slowest_s\": " << slowest_s
              << ", \"age_s\": " << since(start) << ", \"fetches\": " << counted.fetches << ", \"errors\": [";
    const char* between = "";
    for (const std::string& error : errors) {
        std::cout << between << '"' << error << '"';
        between = ", ";
    }
    std::cout << "]}" << std::endl;
    return 0;
}

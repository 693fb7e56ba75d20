// What is handed out for a coturn server, which on_coturn.py has judged by that server.
#include "check.hpp"

using namespace grantmint;
using namespace std::chrono_literals;

static std::string setting(const char* name) {
    const char* value = std::getenv(name);
    CHECK(value != nullptr);
    return value;
}

static void say(const char* expected, const ice_credentials& handed_out) {
    std::printf("%s %s\n", expected, handed_out.servers.c_str());
}

int main() {
    const std::string secret = setting("GRANTMINT_TURN_SECRET"), url = setting("GRANTMINT_TURN_URL");
    using options = ice_servers_options;
    const ice_servers own = ice_servers::coturn(secret, {url}, options{}.ttl(1min));
    say("takes", own.get());
    say("takes", own.get("å😀@example"));
    say("refuses", ice_servers::coturn("another", {url}).get());
    const manual_clock an_hour_ago{unix_time{std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch() - 1h)}};
    say("refuses", ice_servers::coturn(secret, {url}, options{}.ttl(1min).clock(an_hour_ago)).get("alice"));
    const auto here = options{}.base_url(setting("GRANTMINT_EMULATOR")).isolated(true);
    say("takes", ice_servers::twilio(api_key::from_env(), here).get("alice"));
}

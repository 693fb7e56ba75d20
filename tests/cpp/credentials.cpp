// Credentials and ICE servers that the emulator issues: each is fetched once for all callers.
//
//     credentials [outage]    outage: upstream refuses all
#include "check.hpp"

#include <cstring>
#include <thread>
#include <vector>

using namespace grantmint;
using namespace std::chrono_literals;

static std::string setting(const char* name) {
    const char* value = std::getenv(name);
    CHECK(value != nullptr);
    return value;
}

static std::string url() { return setting("GRANTMINT_EMULATOR"); }

static rest_source oauth_token() {
    return rest_source::oauth2(url() + "/oauth2/token", setting("TWILIO_API_KEY"),
                               setting("TWILIO_API_SECRET"), {{"scope", "read"}});
}

static rest_source speech(const std::string& key) {
    const std::string described = R"({"url": ")" + url() + R"(/sts/v1.0/issueToken",
        "headers": {"Ocp-Apim-Subscription-Key": "{resource_key}"},
        "answer": "text", "lifetime": [{"constant": 600}]})";
    return rest_source{described}.secret("resource_key", key);
}

static void callers_share_one_call() {
    const credential token{oauth_token(), credential_options{}.isolated(true)};
    std::vector<std::thread> callers;
    std::vector<std::string> values(8);
    for (std::string& value : values) {
        callers.emplace_back([&] { value = token.get().value; });
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    for (const std::string& value : values) {
        CHECK(value == values[0] && contains(value, "emulator-"));
    }
    CHECK(token.stats().counters().fetches == 1);

    const issued got = token.get();
    CHECK(!got.is_json && got.freshness == freshness::fresh && got.remaining > 30min && !got.reason);
    CHECK(token.try_get()->value == got.value);
    CHECK(token.get_future().get().generation == got.generation);
    CHECK(token.invalidate_if(got.generation) && !token.invalidate_if(got.generation));
    CHECK(!token.try_get(std::nullopt, wait_options{}.min_remaining(1s)) ||
          token.stats().counters().fetches == 2);
    CHECK(token.get().generation > got.generation);
    bool told = false;
    token.get_async(std::nullopt, [&](const result<issued>& outcome) { told = outcome.has_value(); });
    CHECK(told && token.cache().stats().counters().fetches == 2);
    token.keep_warm(1h);
    token.keep_warm(0s);
    token.prefetch();
    CHECK(token.invalidate());
    token.purge();
    std::size_t succeeded = 0;
    for (const event& each : token.drain_events()) {
        succeeded += each.kind == event_kind::fetch_succeeded ? 1U : 0U;
    }
    CHECK(succeeded == 2);
}

static void a_wrong_key_is_refused() {
    const credential wrong{speech("another"), credential_options{}.isolated(true)};
    const error told = THROWN(errc::upstream_unauthorized, wrong.get());
    CHECK(!contains(told.what(), "another"));
    const credential right{speech(setting("TWILIO_API_SECRET")), credential_options{}.session()};
    CHECK(!right.get().value.empty() && !right.get().is_json);
}

static void servers_for_browsers() {
    const ice_servers_options here = ice_servers_options{}.base_url(url()).isolated(true);
    const ice_servers servers = ice_servers::twilio(api_key::from_env(), here);
    const ice_credentials all = servers.get(), alice = servers.get("alice");
    CHECK(contains(all.servers, "\"turn:") && contains(all.json, R"("expiresIn":)"));
    // RTCPeerConnection has no member of this name.
    CHECK(!contains(all.servers, "\"url\""));
    CHECK(all.servers != alice.servers && servers.get("alice").servers == alice.servers);
    CHECK(servers.stats()->counters().fetches == 2 && alice.remaining > 12h);
    CHECK(servers.invalidate_if(alice.generation, "alice"));
    CHECK(servers.get("alice").servers != alice.servers);
    servers.close();
    THROWN(errc::closed, servers.get());

    const ice_servers refused = ice_servers::cloudflare("a-key", "a-token", here);
    THROWN(errc::upstream_unauthorized, refused.get());
    const rest_source source{R"({"url": ")" + url() + R"(/2010-04-01/Accounts/{account}/Tokens.json",
        "vars": {"account": ")" + setting("TWILIO_ACCOUNT_SID") + R"("},
        "auth": {"basic": ["{user}", "{password}"]}, "ttl": 600, "form": {"Ttl": "{ttl}"},
        "value": "/ice_servers", "lifetime": [{"seconds": "/ttl"}]})"};
    const ice_servers rest = ice_servers::rest(rest_source{source}
                                                   .secret("user", setting("TWILIO_API_KEY"))
                                                   .secret("password", setting("TWILIO_API_SECRET")));
    CHECK(contains(rest.get().servers, "\"turn:") && rest.get().remaining <= 10min);
}

static void an_outage_is_told_to_all() {
    const credential token{oauth_token(), credential_options{}.isolated(true)};
    const error told = THROWN(errc::upstream_unavailable, token.get());
    CHECK(told.retryable() && !token.try_get());
    const auto errors = token.stats().errors();
    CHECK(errors.size() == 1 && errors[0].code == errc::upstream_unavailable);
}

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "outage") == 0) {
        an_outage_is_told_to_all();
        return 0;
    }
    callers_share_one_call();
    a_wrong_key_is_refused();
    servers_for_browsers();
    std::printf("calls 7\n");
}

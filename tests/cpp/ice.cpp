// ICE servers that are signed here, and what is refused of sources, credentials and servers.
#include "check.hpp"

#include <utility>
#include <vector>

using namespace grantmint;
using namespace std::chrono_literals;

static const char* const URL = "turn:turn.example:3478?transport=udp";

static void signed_here() {
    const manual_clock clock{unix_time{1790000000s}};
    const ice_servers servers =
        ice_servers::coturn("secret", {URL}, ice_servers_options{}.ttl(10min).clock(clock));
    const ice_credentials got = servers.get("alice");
    CHECK(contains(got.servers, R"("username":"1790000600:alice")") && contains(got.servers, URL));
    CHECK(got.json == R"({"iceServers":)" + got.servers + R"(,"expiresIn":)" +
                          std::to_string(got.remaining.count() / 1000) + "}");
    CHECK(got.remaining > 9min && got.freshness == freshness::fresh && !got.reason);
    CHECK(got.generation == 0 && !servers.stats() && servers.drain_events().empty());
    CHECK(servers.try_get("alice")->servers == got.servers);
    CHECK(servers.get_future("alice").get().servers == got.servers);
    CHECK(!contains(servers.get().servers, "alice"));
    servers.keep_warm(1h);
    CHECK(!servers.invalidate_if(1, "alice"));
    servers.close();
    CHECK(servers.get("alice").servers == got.servers);
    CHECK(THROWN(errc::invalid_argument, servers.get("")).argument() == "identity");
    std::string told;
    servers.get_async("a\nb", [&](const result<ice_credentials>& outcome) {
        told = outcome ? "" : outcome.error().argument();
    });
    CHECK(told == "identity");
}

static void refused_servers() {
    const auto coturn = [](const ice_servers_options& options) {
        return ice_servers::coturn("secret", {URL}, options);
    };
    using options = ice_servers_options;
    CHECK(THROWN(errc::invalid_ttl, coturn(options{}.ttl(0s))).argument() == "ttl");
    CHECK(THROWN(errc::invalid_ttl, coturn(options{}.ttl(49h))).argument() == "ttl");
    CHECK(THROWN(errc::invalid_argument, coturn(options{}.timeout(1s))).argument() == "timeout");
    CHECK(THROWN(errc::invalid_argument, coturn(options{}.session(1s))).argument() == "session");
    CHECK(THROWN(errc::invalid_argument, coturn(options{}.isolated(true))).argument() == "isolated");
    CHECK(THROWN(errc::invalid_argument, coturn(options{}.burst(7))).argument() == "account");
    CHECK(THROWN(errc::invalid_argument, coturn(options{}.share(""))).argument() == "share");
    CHECK(THROWN(errc::invalid_url, coturn(options{}.proxy(""))).argument() == "proxy");
    THROWN(errc::invalid_argument, ice_servers::coturn("", {URL}));
    THROWN(errc::invalid_argument, ice_servers::coturn("secret", {}));
    THROWN(errc::invalid_argument, ice_servers::coturn("secret", {"http://hush"}));
    CHECK(THROWN(errc::invalid_sid, ice_servers::twilio_account("AC1", "token")).argument() == "account_sid");
    THROWN(errc::invalid_url, ice_servers::twilio(new_key(), options{}.base_url("http://elsewhere.example")));
    manual_clock clock{unix_time{9s}};
    const manual_clock kept = std::move(clock);
    CHECK(THROWN(errc::null_pointer, coturn(options{}.clock(clock))).argument() == "clock");
}

// No value is in a message, only the name of what is wrong.
static void refused_sources() {
    const auto refused = [](errc code, const rest_source& source, std::string_view argument) {
        const error told = THROWN(code, credential{source});
        if (told.argument() != argument) {
            std::fprintf(stderr, "%s\n", told.what());
        }
        CHECK(told.argument() == argument && !contains(told.what(), "hush"));
    };
    refused(errc::invalid_argument, rest_source{""}, "source");
    refused(errc::invalid_argument, rest_source{"[]"}, "source");
    refused(errc::invalid_argument, rest_source{"{}"}, "url");
    refused(errc::invalid_url, rest_source{R"({"url":"http://hush.example","lifetime":[{"constant":60}]})"}, "url");
    refused(errc::invalid_argument, rest_source{R"({"url":"https://h","hush":1})"}, "source");
    refused(errc::invalid_argument, rest_source{R"({"url":"https://h","method":"hush"})"}, "method");
    refused(errc::invalid_argument,
            rest_source{R"({"url":"https://h","lifetime":["asked"]})"}, "lifetime");
    refused(errc::invalid_argument,
            rest_source{R"({"url":"https://h","lifetime":[{"constant":60}]})"}.secret("a", "hush"), "secrets");
    refused(errc::invalid_argument, rest_source::oauth2("https://h", "", "hush").secret("a", "b"), "secret");
    refused(errc::invalid_url, rest_source::oauth2("hush", "id", "secret"), "url");

    const rest_source good{R"({"url":"https://h","lifetime":[{"constant":60}]})"};
    using options = credential_options;
    const auto with = [&](const options& given) { return credential{good, given}; };
    CHECK(THROWN(errc::invalid_argument, with(options{}.min_remaining(31s))).argument() == "min_remaining");
    CHECK(THROWN(errc::invalid_argument, with(options{}.share(""))).argument() == "share");
    CHECK(THROWN(errc::invalid_argument, with(options{}.calls_per_second(0))).argument() == "calls_per_second");
    THROWN(errc::invalid_argument, with(options{}.share("a").isolated(true)));
    const credential closed = with(options{});
    closed.close();
    THROWN(errc::closed, closed.get());
    THROWN(errc::closed, closed.stats());
    THROWN(errc::closed, closed.cache());
    CHECK(THROWN(errc::invalid_argument, with(options{}).get("alice")).argument() == "key");
    credential gone = with(options{});
    const credential kept = std::move(gone);
    THROWN(errc::null_pointer, gone.get());
    gone.close();
}

int main() {
    signed_here();
    refused_servers();
    refused_sources();
}

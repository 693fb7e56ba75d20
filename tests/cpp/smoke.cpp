// What a program does that uses the library, from a key to tokens that verify.
#include "check.hpp"

#include <array>
#include <list>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

static void versions() {
    CHECK(version() == GRANTMINT_VERSION);
    CHECK(version_number() == GRANTMINT_VERSION_NUMBER);
    forget();
}

static void keys() {
    const api_key key = new_key();
    CHECK(key.account_sid() == ACCOUNT_SID && key.key_sid() == KEY_SID && !key.region());
    CHECK(key.with_region("ie1").region() == "ie1");
    CHECK(contains(THROWN(errc::invalid_credentials, api_key::from_env()).what(), "TWILIO_"));
    CHECK(setenv("TWILIO_ACCOUNT_SID", std::string{ACCOUNT_SID}.c_str(), 1) == 0);
    CHECK(setenv("TWILIO_API_KEY", std::string{KEY_SID}.c_str(), 1) == 0);
    CHECK(setenv("TWILIO_API_SECRET", "a secret", 1) == 0);
    CHECK(api_key::from_env().key_sid() == KEY_SID);
}

static void grants() {
    CHECK(video_grant{}.room("DailyStandup").to_json() == R"({"room":"DailyStandup"})");
    CHECK(video_grant{}.key() == "video");
    CHECK(voice_grant{}
              .incoming_allow(true)
              .outgoing_application_sid("AP00000000000000000000000000000001")
              .outgoing_application_params(R"({"a":1})")
              .to_json() == R"({"incoming":{"allow":true},"outgoing":{"application_sid":)"
                            R"("AP00000000000000000000000000000001","params":{"a":1}}})");
    CHECK(chat_grant{}.key() == "chat" && ip_messaging_grant{}.key() == "ip_messaging");
    CHECK(sync_grant{}.endpoint_id("e").to_json() == R"({"endpoint_id":"e"})");
    CHECK(task_router_grant{}.role("worker").key() == "task_router");
    CHECK(rtc_grant{}.key() == "rtc");
    CHECK(playback_grant{std::string{SHORT_GRANT}}.to_json() == SHORT_GRANT);
    CHECK(custom_grant("mine", "[1]").key() == "mine" &&
          custom_grant("mine", "[1]").to_json() == "[1]");
    const auto error = THROWN(errc::invalid_sid, sync_grant{}.service_sid("IS1").to_json());
    CHECK(contains(error.what(), "service_sid"));
    THROWN(errc::invalid_grant, playback_grant{"no JSON"}.key());
}

static void tokens() {
    const api_key key = new_key();
    const token_minter rooms{
        key, token_minter_options{}.grant(video_grant{}.room("DailyStandup")).ttl(4h)};
    const std::string jwt = rooms.mint("alice");
    const decoded says = verify(jwt, key);
    CHECK(says.identity == "alice" && says.issuer == KEY_SID && says.subject == ACCOUNT_SID);
    CHECK(!says.region && says.jti && !says.not_before);
    CHECK(contains(says.claims_json, "DailyStandup") && contains(says.header_json, "HS256"));
    CHECK(*says.expires_at - *says.issued_at == 4h);
    CHECK(std::chrono::abs(std::chrono::system_clock::now() - *says.issued_at) < 1min);
    CHECK(decode(jwt).claims_json == says.claims_json);
    CHECK(verify_jwt(jwt, SECRET).identity == "alice");

    const unix_time then{1'700'000'000s};
    const std::string old = rooms.mint_at("alice", then);
    CHECK(old == rooms.mint_at("alice", then + 999ms));
    CHECK(decode(old).issued_at == then);
    CHECK(verify(old, key, verify_options{}.now(then + 3h)).expires_at == then + 4h);
    CHECK(verify(old, key, verify_options{}.now(then + 4h).leeway(1min)).identity == "alice");
    THROWN(errc::token_expired, verify(old, key));

    const auto many = rooms.mint_many({"alice", "bob"});
    CHECK(many.size() == 2 && verify(many[1], key).identity == "bob");
    CHECK(rooms.mint_many(std::list<std::string>{"carol"}).size() == 1);
    CHECK(rooms.mint_many(std::array<const char*, 2>{"a", "b"}).size() == 2);
    CHECK(rooms.mint_many(std::vector<std::string_view>{}).empty());
    const auto wrong = THROWN(errc::invalid_identity, rooms.mint_many({"alice", ""}));
    CHECK(contains(wrong.what(), "1"));
    CHECK(rooms.warnings().empty());

    // A string whose memory is used again.
    std::string out;
    rooms.mint_into(out, "alice");
    CHECK(verify(out, key).identity == "alice");
    const void* memory = out.data();
    rooms.mint_into(out, "bob");
    CHECK(verify(out, key).identity == "bob" && out.data() == memory);
    THROWN(errc::invalid_identity, rooms.mint_into(out, ""));
    CHECK(out.empty());

    // One that is larger than most.
    const std::string large(5000, 'x');
    const token_minter wide{key,
                            token_minter_options{}.grant(custom_grant("big", '"' + large + '"'))};
    CHECK(contains(verify(wide.mint("alice"), key).claims_json, large));
    wide.mint_into(out, "alice");
    CHECK(contains(verify(out, key).claims_json, large));
}

static void single_tokens() {
    const api_key key = new_key();
    const unix_time now{1'700'000'000s};
    const manual_clock clock{now};
    const access_token token{
        key, "alice",
        access_token_options{}.grant(sync_grant{}).valid_until(now + 2h).nbf(now).clock(clock)};
    const decoded says = decode(token.to_jwt());
    CHECK(says.expires_at == now + 2h && says.not_before == now && says.issued_at == now);
    CHECK(token.warnings().empty());
    clock.advance(90min);
    CHECK(decode(token.to_jwt()).issued_at == now + 90min && clock.now() == now + 90min);
    clock.jump_wall(-30min);
    clock.suspend(10min);
    CHECK(clock.now() == now + 70min);
    clock.advance(2h);
    THROWN(errc::invalid_ttl, token.to_jwt());

    const api_key weak{ACCOUNT_SID, KEY_SID, "short"};
    const auto advice = access_token{weak, "alice"}.warnings();
    CHECK(advice.size() == 1 && advice[0].code == "short_secret" && !advice[0].message.empty());
    const auto unique = access_token{key, "alice", access_token_options{}.unique(true).ttl(1s)};
    CHECK(decode(unique.to_jwt()).jti != decode(unique.to_jwt()).jti);
}

static void signing() {
    for (const algorithm each : {algorithm::hs256, algorithm::hs384, algorithm::hs512}) {
        const std::string number = std::to_string(static_cast<int>(each));
        const std::string header_json = R"({"alg":"HS)" + number + R"("})";
        const std::string claims_json = R"({"iss":"me","exp":4102444800})";
        const std::string jwt = sign(each, header_json, claims_json, "secret");
        const decoded says = verify_jwt(jwt, "secret", verify_options{}.algorithm(each));
        CHECK(says.claims_json == claims_json && says.issuer == "me" && !says.identity);
        THROWN(errc::token_signature, verify_jwt(jwt, "another", verify_options{}.algorithm(each)));
        if (each != algorithm::hs256) {
            THROWN(errc::token_algorithm, verify_jwt(jwt, "secret"));
        }
    }
}

int main() {
    versions();
    keys();
    grants();
    tokens();
    single_tokens();
    signing();
}

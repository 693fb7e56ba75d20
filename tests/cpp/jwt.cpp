// Tokens of other services than Twilio: claims, slots, and what is refused.
#include "check.hpp"

#include <cstdint>
#include <limits>
#include <vector>

using namespace grantmint;
using namespace std::chrono_literals;

static const unix_time NOW{1790000000s};

// Equal to what the header's example says, and to the documentation.
static void jitsi_in_five_lines() {
    const std::string secret{SECRET};
    auto rooms = jwt_minter::jitsi("my_client", secret, "jitsi", "meet.example.com").build();
    std::string jwt = rooms.mint("alice", {{"room", "standup"}, {"moderator", true}});
    const decoded says = verify_jwt(jwt, secret);
    CHECK(contains(says.claims_json, R"("moderator":true)") && says.issuer == "my_client");
}

static void claims_and_slots() {
    const std::string room = "DailyStandup";
    const jwt_minter rooms =
        jwt_minter::builder(SECRET)
            .claim("iss", "my-app")
            .claim({"video", "roomJoin"}, true)
            .claim({"a/b", "~"}, 7)
            .claims(R"({"plan":{"seats":3}})")
            .claim("list", claim_value::json("[1]"))
            .slot(slot::text("room").at({"video", "room"}).required().max_length(256))
            .slot(slot::text("name").max_length(3, length_unit::utf16))
            .slot(slot::integer("level").within(0, 9))
            .slot(slot::boolean("admin"))
            .slot(slot::json("extra"))
            .slot(slot::text("mode").one_of({"fast", "slow"}))
            .header("kid", "k1")
            .ttl(10min)
            .build();
    const std::vector<slot_value> values{
        {"room", room}, {"level", 7U}, {"admin", false}, {"extra", claim_value::json("{}")}};
    const std::string jwt = rooms.mint_at("alice", NOW, values);
    const decoded says = verify_jwt(jwt, SECRET, verify_options{}.now(NOW));
    CHECK(says.subject == "alice" && says.expires_at == NOW + 10min && says.issued_at == NOW);
    for (const char* part : {R"("iss":"my-app")", R"("roomJoin":true)", R"("room":"DailyStandup")",
                             R"("a/b":{"~":7})", R"("plan":{"seats":3})", R"("list":[1])",
                             R"("level":7)", R"("admin":false)", R"("extra":{})"}) {
        CHECK(contains(says.claims_json, part));
    }
    CHECK(contains(says.header_json, R"("kid":"k1")") && contains(says.header_json, R"("typ":"JWT")"));

    // One way is as good as another.
    std::string into = "what was there";
    rooms.mint_into(into, "alice", values);
    CHECK(verify_jwt(into, SECRET).subject == "alice");
    rooms.mint_into(into, "bob", {{"room", room}});
    CHECK(verify_jwt(into, SECRET).subject == "bob");
    const jwt_minter one_room = rooms.bind({{"room", room}});
    CHECK(verify_jwt(one_room.mint("carol"), SECRET).subject == "carol");
    const std::vector<std::string> many =
        rooms.mint_many({{"alice", {{"room", room}}}, {"bob", {{"room", room}, {"admin", true}}}});
    CHECK(many.size() == 2 && verify_jwt(many[1], SECRET).subject == "bob");
    CHECK(rooms.warnings().empty());

    // A token that is longer than the buffer that most fit into.
    const std::string long_json = '"' + std::string(5000, 'x') + '"';
    const std::string long_jwt = rooms.mint("alice", {{"room", room}, {"extra", claim_value::json(long_json)}});
    CHECK(long_jwt.size() > 5000 && verify_jwt(long_jwt, SECRET).subject == "alice");

    const auto refused = [&](const std::vector<slot_value>& given, std::string_view what) {
        const error told = THROWN(errc::invalid_argument, rooms.mint("alice", given));
        if (std::string_view{told.what()} != what) {
            std::fprintf(stderr, "%s\n", told.what());
        }
        CHECK(told.what() == what);
    };
    refused({}, "room must be given");
    refused({{"room", ""}}, "room must not be empty");
    refused({{"room", std::string(257, 'r')}}, "room is over 256 bytes");
    refused({{"room", 7}}, "room must be a text, not a whole number");
    refused({{"room", room}, {"room", room}}, "room is given twice");
    refused({{"room", room}, {"name", "four"}}, "name is over 3 UTF-16 code units");
    refused({{"room", room}, {"level", 10}}, "level must be 0 to 9");
    refused({{"room", room}, {"level", std::numeric_limits<std::uint64_t>::max()}},
            "level is beyond 2^53 - 1, where many readers change it: give it as a text");
    refused({{"room", room}, {"admin", "true"}}, "admin must be true or false, not a text");
    refused({{"room", room}, {"extra", claim_value::json("{")}}, "extra is not valid JSON");
    refused({{"room", room}, {"mode", "odd"}}, "mode must be one of fast, slow");
    refused({{"rome", room}},
            "rome is not a slot of this minter, which has room, identity, name, level, admin, extra, mode");
    THROWN(errc::invalid_identity, rooms.mint("", {{"room", room}}));
    THROWN(errc::invalid_identity, rooms.mint(std::nullopt, {{"room", room}}));
    THROWN(errc::limit_exceeded, rooms.mint("alice", std::vector<slot_value>(65, {"room", room})));
    const error second = THROWN(errc::invalid_identity, rooms.mint_many({{"alice", {{"room", room}}}, {"", {{"room", room}}}}));
    CHECK(second.argument() == "users[1].identity");
    into = "what was there";
    THROWN(errc::invalid_argument, rooms.mint_into(into, "alice", {}));
    CHECK(into.empty());
}

static void times_and_algorithms() {
    const manual_clock clock{NOW};
    const jwt_minter endless = jwt_minter::builder(SECRET)
                                   .no_identity()
                                   .claim("role", "anon")
                                   .algorithm(algorithm::hs512)
                                   .typ(std::nullopt)
                                   .iat(false)
                                   .nbf(true)
                                   .backdate(10s)
                                   .unique(true)
                                   .max_ttl(std::chrono::hours{24 * 365})
                                   .ttl(std::chrono::hours{24 * 365})
                                   .clock(clock)
                                   .build();
    const decoded says = decode(endless.mint(std::nullopt));
    CHECK(says.not_before == NOW - 10s && !says.issued_at && says.jti && !says.subject);
    CHECK(says.expires_at == NOW + std::chrono::hours{24 * 365});
    CHECK(says.header_json == R"({"alg":"HS512"})");

    const std::string no_end = sign(algorithm::hs256, R"({"alg":"HS256"})", R"({"r":"test"})", SECRET);
    THROWN(errc::token_claims, verify_jwt(no_end, SECRET));
    CHECK(verify_jwt(no_end, SECRET, verify_options{}.require_exp(false)).claims_json == R"({"r":"test"})");

    const auto refused = [](errc code, const jwt_minter_builder& builder, std::string_view argument) {
        const error told = THROWN(code, builder.build());
        if (told.argument() != argument) {
            std::fprintf(stderr, "%s\n", told.what());
        }
        CHECK(told.argument() == argument);
    };
    const auto any = [] { return jwt_minter::builder(SECRET); };
    refused(errc::invalid_credentials, jwt_minter::builder(""), "secret");
    refused(errc::invalid_ttl, any().ttl(0s), "ttl");
    refused(errc::invalid_ttl, any().ttl(24h + 1s), "ttl");
    refused(errc::invalid_ttl, any().max_ttl(std::chrono::hours{24 * 366}), "max_ttl");
    refused(errc::invalid_argument, any().backdate(301s), "backdate");
    refused(errc::invalid_argument, any().backdate(std::chrono::seconds::max()), "backdate");
    refused(errc::invalid_argument, any().claim("exp", 7), "exp");
    refused(errc::invalid_argument, any().claim("iat", 7), "iat");
    refused(errc::invalid_argument, any().claim("a", 1).claim("a", 2), "a");
    refused(errc::invalid_argument, any().claims("[]"), "claims");
    refused(errc::invalid_argument, any().claims(""), "claims");
    refused(errc::invalid_argument, any().claim({}, 1), "path");
    refused(errc::invalid_argument, any().slot(slot::text("")), "slot name");
    refused(errc::invalid_argument, any().bind("room", "a"), "room");
    refused(errc::invalid_argument, any().header("alg", "none"), "header.alg");
    refused(errc::invalid_argument, any().algorithm(static_cast<algorithm>(0)), "");
    manual_clock moved{NOW};
    const manual_clock kept = std::move(moved);
    refused(errc::null_pointer, any().clock(moved), "clock");
    CHECK(jwt_minter::builder("short").build().warnings()[0].code == "short_secret");
}

static void services() {
    const jwt_minter joins = jwt_minter::livekit("APIkey", SECRET).bind("room_join", true).build();
    CHECK(verify_jwt(joins.mint("alice", {{"room", "DailyStandup"}}), SECRET).issuer == "APIkey");
    CHECK(std::string_view{THROWN(errc::invalid_argument, joins.mint("alice")).what()} == "room must be given");
    THROWN(errc::invalid_identity, joins.mint(std::string(257, 'a'), {{"room", "r"}}));
    setenv("LIVEKIT_API_KEY", "APIkey", 1);
    CHECK(THROWN(errc::invalid_credentials, jwt_minter::livekit_from_env().build()).argument() ==
          "LIVEKIT_API_SECRET");
    setenv("LIVEKIT_API_SECRET", std::string{SECRET}.c_str(), 1);
    CHECK(verify_jwt(jwt_minter::livekit_from_env().build().mint("alice"), SECRET).issuer == "APIkey");

    const jwt_minter zoom = jwt_minter::zoom_video_sdk("key", SECRET).bind("role_type", 1).ttl(30min).build();
    CHECK(contains(decode(zoom.mint("bob", {{"tpc", "Cool Cars"}})).claims_json, R"("role_type":1)"));
    CHECK(zoom.warnings()[0].code == "zoom_ttl");
    THROWN(errc::invalid_argument, zoom.mint("bob", {{"tpc", "Cool Cars"}, {"user_key", "k"}}));
    THROWN(errc::invalid_ttl, jwt_minter::zoom_video_sdk("key", SECRET).ttl(29min).build());
    const jwt_minter daily = jwt_minter::daily("domain", SECRET).bind("room_name", "test").build();
    CHECK(contains(decode(daily.mint("alice", {{"is_owner", true}})).claims_json, R"("o":true)"));
}

int main() {
    jitsi_in_five_lines();
    claims_and_slots();
    times_and_algorithms();
    services();
}

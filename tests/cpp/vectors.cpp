// The tokens of the official libraries: ours say the same, and theirs verify.
#include "check.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

struct grant_case {
    std::string_view type;
    std::map<std::string_view, std::string_view> fields;
};

struct token_case {
    std::int64_t now;
    std::string_view account_sid, key_sid, secret, identity;
    std::int64_t ttl;
    std::optional<std::int64_t> nbf;
    std::optional<std::string_view> region;
    std::vector<grant_case> grants;
    std::string_view twilio_python, twilio_node;
};

#include "access_tokens.inc"

using namespace grantmint;
using std::chrono::seconds;

// Sets what the case gives; a field that the grant does not have ends the test.
template <class Grant>
static Grant with(
    Grant grant, const grant_case& given,
    std::initializer_list<std::pair<std::string_view, Grant& (Grant::*)(std::string_view)>>
        setters) {
    std::size_t set = 0;
    for (const auto& [name, setter] : setters) {
        if (const auto field = given.fields.find(name); field != given.fields.end()) {
            (grant.*setter)(field->second);
            set++;
        }
    }
    CHECK(set == given.fields.size() - given.fields.count("incoming_allow"));
    return grant;
}

static any_grant grant_of(const grant_case& given) {
    if (given.type == "video") {
        return with(video_grant{}, given, {{"room", &video_grant::room}});
    }
    if (given.type == "voice") {
        voice_grant voice;
        if (const auto field = given.fields.find("incoming_allow"); field != given.fields.end()) {
            voice.incoming_allow(field->second == "true");
        }
        return with(voice, given,
                    {{"outgoing_application_sid", &voice_grant::outgoing_application_sid},
                     {"outgoing_application_params", &voice_grant::outgoing_application_params},
                     {"push_credential_sid", &voice_grant::push_credential_sid},
                     {"endpoint_id", &voice_grant::endpoint_id}});
    }
    if (given.type == "chat") {
        using setter = chat_grant& (chat_grant::*)(std::string_view);
        return with(
            chat_grant{}, given,
            {{"service_sid", static_cast<setter>(&chat_grant::service_sid)},
             {"endpoint_id", static_cast<setter>(&chat_grant::endpoint_id)},
             {"deployment_role_sid", static_cast<setter>(&chat_grant::deployment_role_sid)},
             {"push_credential_sid", static_cast<setter>(&chat_grant::push_credential_sid)}});
    }
    if (given.type == "sync") {
        return with(
            sync_grant{}, given,
            {{"service_sid", &sync_grant::service_sid}, {"endpoint_id", &sync_grant::endpoint_id}});
    }
    if (given.type == "task_router") {
        return with(task_router_grant{}, given,
                    {{"workspace_sid", &task_router_grant::workspace_sid},
                     {"worker_sid", &task_router_grant::worker_sid},
                     {"role", &task_router_grant::role}});
    }
    CHECK(given.type == "playback" && given.fields.size() == 1);
    return playback_grant{std::string{given.fields.at("grant")}};
}

static api_key key_of(const token_case& given) {
    api_key key{given.account_sid, given.key_sid, given.secret};
    return given.region ? key.with_region(*given.region) : std::move(key);
}

// A minter and a single token make the same bytes.
static std::string mint(const token_case& given, const api_key& key) {
    const unix_time now{seconds{given.now}};
    const manual_clock clock{now};
    token_minter_options options;
    access_token_options single;
    for (const grant_case& grant : given.grants) {
        options.grant(grant_of(grant));
        single.grant(grant_of(grant));
    }
    options.ttl(seconds{given.ttl});
    single.ttl(seconds{given.ttl}).clock(clock);
    if (given.nbf) {
        options.nbf(unix_time{seconds{*given.nbf}});
        single.nbf(unix_time{seconds{*given.nbf}});
    }
    const std::string jwt = token_minter{key, options}.mint_at(given.identity, now);
    CHECK(access_token(key, given.identity, single).to_jwt() == jwt);
    CHECK(token_minter(key, options.clock(clock)).mint(given.identity) == jwt);
    return jwt;
}

static void check_says(std::string_view jwt, const token_case& given, const api_key& key,
                       bool ours) {
    const unix_time now{seconds{given.now}};
    verify_options options;
    options.now(now);
    if (given.nbf && *given.nbf > given.now) {
        options.leeway(seconds{*given.nbf - given.now});
    }
    const decoded says = verify(jwt, key, options);
    CHECK(says.identity == given.identity && says.issuer == given.key_sid);
    CHECK(says.subject == given.account_sid && says.region == given.region);
    CHECK(says.jti == std::string{given.key_sid} + '-' + std::to_string(given.now));
    CHECK(says.expires_at == now + seconds{given.ttl});
    CHECK(!ours || says.issued_at == now);
    CHECK(says.not_before.has_value() == given.nbf.has_value());
    CHECK(!given.nbf || says.not_before == unix_time{seconds{*given.nbf}});
    for (const grant_case& grant : given.grants) {
        const any_grant made = grant_of(grant);
        const std::string json = std::visit([](const auto& each) { return each.to_json(); }, made);
        CHECK(!ours || contains(says.claims_json, json));
    }
}

int main() {
    CHECK(std::size(TOKEN_CASES) == 60);
    for (const token_case& given : TOKEN_CASES) {
        const api_key key = key_of(given);
        check_says(mint(given, key), given, key, true);
        check_says(given.twilio_python, given, key, false);
        check_says(given.twilio_node, given, key, false);
    }
    std::printf("%zu tokens\n", std::size(TOKEN_CASES));
}

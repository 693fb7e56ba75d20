// The tokens of other services, by their official packages or as documented: ours say the same, and theirs verify.
#include "check.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace grantmint;
using namespace std::chrono_literals;
using std::chrono::seconds;

enum kind { text, integer, boolean, json };
enum service { livekit, zoom, jitsi, daily };

struct jwt_slot {
    std::string_view name;
    kind is;
    std::string_view value;
    std::int64_t number;
};

struct jwt_case {
    service of;
    std::vector<std::string_view> arguments;
    std::string_view secret;
    std::int64_t now, ttl;
    bool has_typ;
    std::vector<jwt_slot> slots;
    std::string_view official;
};

#include "jwt_tokens.inc"

// What stands in a text of JSON from here on, up to what ends it; the members of objects are sorted.
static std::string sorted(std::string_view& rest) {
    const auto end_of_text = [&] {
        std::size_t end = 1;
        while (rest[end] != '"') {
            end += rest[end] == '\\' ? 2U : 1U;
        }
        return end + 1;
    };
    const auto take = [&](std::size_t count) {
        const std::string taken{rest.substr(0, count)};
        rest.remove_prefix(count);
        return taken;
    };
    if (rest[0] == '"') {
        return take(end_of_text());
    }
    if (rest[0] != '{' && rest[0] != '[') {
        return take(std::min(rest.find_first_of(",]}"), rest.size()));
    }
    const char last = rest[0] == '{' ? '}' : ']';
    std::vector<std::string> parts;
    while (take(1)[0] != last) {
        if (rest[0] == last) {
            continue;
        }
        std::string part;
        if (last == '}') {
            part = take(end_of_text());
            part += take(1);
        }
        parts.push_back(part + sorted(rest));
    }
    if (last == '}') {
        std::sort(parts.begin(), parts.end());
    }
    std::string all{last == '}' ? "{" : "["};
    for (const std::string& part : parts) {
        all += part + ",";
    }
    return all + last;
}

static std::string sorted_text(const std::string& json) {
    std::string_view rest = json;
    return sorted(rest);
}

static claim_value value_of(const jwt_slot& slot) {
    switch (slot.is) {
        case text:
            return slot.value;
        case integer:
            return slot.number;
        case boolean:
            return slot.number == 1;
        case json:
            break;
    }
    return claim_value::json(slot.value);
}

static jwt_minter_builder builder_of(const jwt_case& given) {
    const auto& texts = given.arguments;
    switch (given.of) {
        case livekit:
            return jwt_minter::livekit(texts[0], texts[1]).backdate(0s);
        case zoom:
            return jwt_minter::zoom_video_sdk(texts[0], texts[1]);
        case jitsi:
            return jwt_minter::jitsi(texts[0], texts[1], texts[2], texts[3])
                .iat(false)
                .nbf(false)
                .backdate(0s);
        case daily:
            break;
    }
    return jwt_minter::daily(texts[0], texts[1]);
}

static void check(const jwt_case& given) {
    const unix_time now{seconds{given.now}};
    const verify_options then = verify_options{}.now(now);
    const decoded official = verify_jwt(given.official, given.secret, then);
    jwt_minter_builder builder = builder_of(given).ttl(seconds{given.ttl});
    if (!given.has_typ) {
        builder.typ(std::nullopt);
    }
    std::vector<slot_value> values;
    for (const jwt_slot& slot : given.slots) {
        values.push_back({slot.name, value_of(slot)});
    }
    jwt_minter_builder with_values = builder;
    for (const slot_value& each : values) {
        with_values.bind(each.name, each.value);
    }
    for (const std::string& minted : {builder.build().mint_at(std::nullopt, now, values),
                                      with_values.build().mint_at(std::nullopt, now)}) {
        const decoded ours = verify_jwt(minted, given.secret, then);
        CHECK(sorted_text(ours.claims_json) == sorted_text(official.claims_json));
        CHECK(sorted_text(ours.header_json) == sorted_text(official.header_json));
    }
}

int main() {
    CHECK(sorted_text(R"({"b":[1,{"d":"}","c":{}}],"a":[]})") == R"({"a":[],"b":[1,{"c":{},"d":"}",},],})");
    for (const jwt_case& each : JWT_CASES) {
        check(each);
    }
    const std::size_t count = sizeof JWT_CASES / sizeof *JWT_CASES;
    CHECK(count == 27);
    std::printf("%zu tokens\n", count);
}

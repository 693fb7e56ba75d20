// Services that are described and not programmed, as tests/vectors have them: with_services.py answers.
#include "check.hpp"

#include "../c/rest_row.h"
#include "rest_rows.h"

using namespace grantmint;

template <class Row>
static rest_source source_of(const std::string& json, const Row& row) {
    rest_source source{json};
    for (std::size_t i = 0; i < row.secrets_len; i++) {
        source.secret(row.secrets[i].name, row.secrets[i].text);
    }
    return source;
}

static void is_asked_and_read(const rest_service_t& row, const std::string& server) {
    const rest_source source = source_of(row.before + server + row.after, row);
    const credential one{source, credential_options{}.isolated(true)};
    const issued got =
        one.get(row.key == nullptr ? std::nullopt : std::optional<std::string_view>{row.key});
    if (got.value != row.hands_out) {
        std::fprintf(stderr, "%s\n", row.name);
    }
    CHECK(got.value == row.hands_out && got.is_json == (row.is_json != 0));
    const std::chrono::duration<double> remaining = got.remaining;
    CHECK(remaining.count() <= row.lifetime && remaining.count() > 0.9 * row.lifetime - 31);
    CHECK(got.freshness == freshness::fresh && !got.reason);
}

static void is_refused(const rest_refused_t& row) {
    const auto made = [&]() -> std::optional<error> {
        try {
            const credential none{source_of(row.json, row)};
            return std::nullopt;
        } catch (const error& told) {
            return told;
        }
    }();
    const bool is_right = made && name(made->code()) == row.code &&
                          made->argument() == row.argument && !contains(made->what(), "hush");
    if (!is_right) {
        std::fprintf(stderr, "%s: %s\n", row.name, made ? made->what() : "nothing was thrown");
    }
    CHECK(is_right);
}

int main() {
    const char* server = std::getenv("GRANTMINT_SERVICES");
    CHECK(server != nullptr);
    for (const rest_service_t& row : REST_SERVICES) {
        is_asked_and_read(row, server);
    }
    for (const rest_refused_t& row : REST_REFUSED) {
        is_refused(row);
    }
}

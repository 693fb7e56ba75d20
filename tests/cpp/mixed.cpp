// Three units in one program, each compiled in its own way, that all use the same classes. This one
// has exceptions, includes the interface of C first, and calls both.
#include <grantmint.h>

#include "check.hpp"

using namespace grantmint;

int without_exceptions();
int with_results();

// What C made, of what C++ owns.
static void c_beside_cpp() {
    const api_key key = new_key();
    const token_minter minter{key};
    grantmint_string_t* raw = nullptr;
    CHECK(grantmint_token_minter_mint(minter.capi(), grantmint_str("alice"), &raw, nullptr) ==
          GRANTMINT_OK);
    const grantmint_str_t jwt = grantmint_string_get(raw);
    CHECK(verify({jwt.data, jwt.len}, key).identity == "alice");
    grantmint_string_free(raw);
}

int main() {
    CHECK(without_exceptions() == 0);
    CHECK(with_results() == 0);
    c_beside_cpp();
    THROWN(errc::invalid_identity, token_minter{new_key()}.mint(""));
    // What a callback throws is dropped here too.
    const grant_cache cache;
    const auto fetch = [](ticket given) { given.complete("a grant"); };
    int answers = 0;
    cache.get_async("key", std::chrono::minutes{1}, fetch, [&](const result<hit>&) {
        answers++;
        throw answers;
    });
    CHECK(answers == 1);
}

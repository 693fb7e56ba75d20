#include "answers.hpp"

namespace {

// Who is to blame. A new kind of error is nobody's until it is named here.
int status_of(const grantmint::error& error) {
    using grantmint::errc;
    switch (error.code()) {
        case errc::invalid_utf8:
            return 400;
        case errc::upstream_not_found:
            return 404;
        case errc::closed:
            return 503;
        default:
            break;
    }
    if (error.retryable()) {
        return 503;
    }
    switch (static_cast<int>(error.code()) / 100) {
        case 1:  // The arguments, of which the viewer chose the identity.
            return 400;
        case 3:  // Upstream, in a way that waiting does not mend.
            return 502;
        default:
            return 500;
    }
}

}  // namespace

answer answer_with(const grantmint::playback_token& token) {
    // A token is made of letters, digits and ".-_": there is nothing to escape.
    return {200,
            R"({"token":")" + token.jwt + R"(","freshness":")" + std::string{name(token.freshness)} +
                R"(","grant_remaining_ms":)" + std::to_string(token.grant_remaining.count()) + "}",
            {},
            {}};
}

answer answer_with(const grantmint::error& error) {
    // The code alone: what the message says about upstream is for the operator.
    answer answer = answer_with(status_of(error), std::string{error.name()});
    if (const auto wait = error.retry_after(); wait && answer.status == 503) {
        answer.retry_after = std::chrono::ceil<std::chrono::seconds>(*wait);
    }
    return answer;
}

answer answer_with(int status, const std::string& name) {
    return {status, R"({"error":")" + name + R"("})", {}, name};
}

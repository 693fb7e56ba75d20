#include "routes.hpp"

#include "answers.hpp"

#include <exception>
#include <unistd.h>

namespace {

// Neither identity nor token, and no text of the client's: it could write lines of its own. One write for
// each line: under the lock of stderr the threads of a full server would wait for each other.
void log(const char* route, const answer& answer) {
    std::string line = std::string{route} + ' ' + std::to_string(answer.status);
    if (!answer.error.empty()) {
        line += ' ' + answer.error;
    }
    line += '\n';
    // A viewer gets the answer even if the log is full.
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

void send(httplib::Response& response, const char* route, const answer& answer) {
    response.status = answer.status;
    response.set_header("Cache-Control", "no-store");
    if (answer.retry_after) {
        response.set_header("Retry-After", std::to_string(answer.retry_after->count()));
    }
    response.set_content(answer.body, "application/json");
    log(route, answer);
}

// Replace this by who is signed in: here a viewer is whoever they say.
std::string identity_of(const httplib::Request& request) {
    return request.get_param_value("identity");
}

answer token(const httplib::Request& request, const streams& served) {
    const auto stream = served.find(request.get_param_value("stream"));
    if (stream == served.end()) {
        return answer_with(404, "unknown_stream");
    }
    try {
        return answer_with(stream->second.token(identity_of(request)));
    } catch (const grantmint::error& error) {
        return answer_with(error);
    }
}

}  // namespace

void add_routes(httplib::Server& server, const grantmint::playback_minter& live,
                const streams& served) {
    server.Get("/token", [&](const httplib::Request& request, httplib::Response& response) {
        send(response, "token", token(request, served));
    });
    server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
        response.set_content(R"({"ok":true})", "application/json");
    });
    server.Get("/metrics", [&](const httplib::Request&, httplib::Response& response) {
        response.set_content(live.stats().to_prometheus("live"), "text/plain; version=0.0.4");
    });
    // httplib's own would show the text of the exception to the client.
    server.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
            send(response, "-", answer_with(500, "internal"));
        });
    server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
        if (response.body.empty()) {
            send(response, "-", answer_with(response.status, "refused"));
        }
    });
}

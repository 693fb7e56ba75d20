// A token server: it hands each viewer a token of their own, however many come at once, and asks
// upstream for one grant per stream and half a minute.
//
// To try it, build it as CMakeLists.txt says, start `grantmint emulator` in a terminal of its own, and copy the three
// lines that it prints into yours: they are the key that the server needs. Then:
//
//     export GRANTMINT_BASE_URL=http://127.0.0.1:8900 TOKEN_SERVER_STREAMS=VJ00000000000000000000000000000001
//     build/token_server &
//     curl "127.0.0.1:8080/token?stream=$TOKEN_SERVER_STREAMS&identity=alice"
//
// settings.hpp has its configuration, routes.hpp its endpoints. It ends in order on SIGTERM and SIGINT:
// requests that it has taken are answered.
#include "routes.hpp"
#include "settings.hpp"

#include <grantmint.hpp>
#include <httplib.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

// Blocks the signals that end the server, for all threads that are started later, and returns them.
static sigset_t take_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

static grantmint::playback_minter minter_of(const settings& given) {
    grantmint::playback_minter_options options;
    if (!given.origin.empty()) {
        options.allow_origin(given.origin);
    }
    if (!given.base_url.empty()) {
        options.base_url(given.base_url);
    }
    if (given.grant_ttl) {
        options.grant_ttl(*given.grant_ttl);
    }
    if (!given.fleet.empty()) {
        options.fleet(grantmint::fleet::parse(given.fleet));
    }
    return grantmint::playback_minter{grantmint::api_key::from_env(), options};
}

static streams streams_of(const settings& given, const grantmint::playback_minter& live) {
    streams served;
    for (const std::string& stream : given.streams) {
        served.emplace(stream, live.stream(stream));
    }
    return served;
}

// Sends for the first grants, so that the first viewer need not wait. That may fail: the server starts
// all the same, and viewers get the error for as long as it lasts.
static void warm(const streams& served, const grantmint::playback_minter& live) {
    try {
        for (const auto& [stream, minter] : served) {
            live.prefetch(stream);
        }
    } catch (const grantmint::error& error) {
        std::fprintf(stderr, "no grant yet: %s\n", error.what());
    }
}

static void set_limits(httplib::Server& server, const settings& given) {
    server.new_task_queue = [threads = given.threads] { return new httplib::ThreadPool{threads}; };
    server.set_payload_max_length(0);
    // Head and body are written one after the other; the body must not wait for an acknowledgement.
    server.set_tcp_nodelay(true);
    server.set_read_timeout(5s);
    server.set_write_timeout(5s);
    server.set_keep_alive_timeout(2);
    server.set_keep_alive_max_count(10'000);
}

// Takes the address and returns the port.
static int bind(httplib::Server& server, const settings& given) {
    int port = given.port;
    if (port == 0) {
        port = server.bind_to_any_port(given.host);
    } else if (!server.bind_to_port(given.host, port)) {
        port = -1;
    }
    if (port < 0) {
        throw std::runtime_error{"cannot listen at " + given.host};
    }
    return port;
}

// Serves until a signal comes.
static void serve(httplib::Server& server, const sigset_t& until) {
    std::atomic<bool> ended{false};
    std::thread watch{[&] {
        int signal = 0;
        sigwait(&until, &signal);
        // Before the server runs there is nothing that could be stopped.
        while (!server.is_running() && !ended) {
            std::this_thread::sleep_for(1ms);
        }
        server.stop();
    }};
    server.listen_after_bind();
    // It may have ended by itself: that ends the watch, too.
    ended = true;
    kill(getpid(), SIGTERM);
    watch.join();
}

static void run() {
    const sigset_t signals = take_signals();
    const settings given = settings::from_env();
    const grantmint::playback_minter live = minter_of(given);
    const streams served = streams_of(given, live);
    warm(served, live);

    httplib::Server server;
    set_limits(server, given);
    add_routes(server, live, served);
    const int port = bind(server, given);
    std::printf("listening on http://%s:%d\n", given.host.c_str(), port);
    std::fflush(stdout);
    serve(server, signals);
    std::puts("ended in order");
}

int main() {
    try {
        run();
        return 0;
    } catch (const std::exception& error) {
        // grantmint's texts hold no secret, token, grant or identity.
        std::fprintf(stderr, "token_server: %s\n", error.what());
        return 1;
    }
}

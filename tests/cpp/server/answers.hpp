// What grantmint says, as answers of HTTP.
#pragma once

#include <grantmint.hpp>

#include <chrono>
#include <optional>
#include <string>

struct answer {
    int status;
    /// JSON.
    std::string body;
    /// What to wait before a further try.
    std::optional<std::chrono::seconds> retry_after;
    /// The name of the error, for the log.
    std::string error;
};

/// A token for a viewer.
answer answer_with(const grantmint::playback_token& token);

/// Why there is none.
answer answer_with(const grantmint::error& error);

/// An error of the server's own. `name` is a plain word.
answer answer_with(int status, const std::string& name);

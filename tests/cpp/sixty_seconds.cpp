#include <grantmint.hpp>
#include <iostream>

int main() {
    // Or grantmint::api_key::from_env(), which reads TWILIO_ACCOUNT_SID, TWILIO_API_KEY and
    // TWILIO_API_SECRET.
    const grantmint::api_key key{"AC00000000000000000000000000000001",
                                 "SK00000000000000000000000000000002", "the API key's secret"};
    const grantmint::token_minter rooms{key, grantmint::token_minter_options{}.grant(
                                                 grantmint::video_grant{}.room("DailyStandup"))};
    std::cout << rooms.mint("alice") << '\n';
}

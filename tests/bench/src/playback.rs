//! Warm playback tokens against plain mints of the same claims.

use std::time::Duration;

use grantmint_bench::cases::{Case, TTL, key};
use grantmint_bench::rounds::{Contestant, Effort, Times, contestant, on_two_threads};
use grantmint_core::{
    CachePolicy, Fetched, GrantRequest, GrantSource, PlaybackMinter, Result, StreamMinter,
};

use crate::report::{at_most, medians};

const STREAMER: &str = "VJ0123456789abcdef0123456789abcdef";
/// Longer than any measurement: what is measured is a hit, not the refresh in its background.
const GRANT_LIFE: Duration = Duration::from_secs(86_400);

/// A source that has its grant at hand.
struct AtHand(String);

impl GrantSource for AtHand {
    fn fetch(&self, _request: &GrantRequest, _timeout: Duration) -> Result<Fetched> {
        Ok(Fetched::new(self.0.as_str())?.with_ttl(GRANT_LIFE))
    }
}

pub(crate) fn run(effort: Effort, identities: &[String]) {
    for (name, bytes) in [("0.1 KB", 100), ("0.9 KB", 900), ("8 KB", 8192)] {
        for unique in [false, true] {
            warm(name, &Case::playback(bytes), unique, effort, identities);
        }
    }
    two_threads(effort, identities);
}

fn warm(name: &str, case: &Case, unique: bool, effort: Effort, identities: &[String]) {
    let plain = if unique { case.unique_minter() } else { case.minter() };
    let live = live(case, unique);
    let stream = stream(&live);
    let mut contestants = [
        contestant(|identity| plain.mint(identity)),
        contestant(|identity| live.token(STREAMER, identity)),
        contestant(|identity| stream.token(identity)),
        contestant(|identity| live.try_token(STREAMER, identity)),
        contestant(|identity| stream.try_token(identity)),
    ];
    let times = Times::measure(effort, identities, &mut contestants);
    let names = [
        "TokenMinter::mint",
        "PlaybackMinter::token",
        "StreamMinter::token",
        "PlaybackMinter::try_token",
        "StreamMinter::try_token",
    ];
    let jti = if unique { "unique jti" } else { "the vendor's jti" };
    medians(&format!("a warm playback token, grant of {name}, {jti}"), &names, &times);
    let of_mint = |index: usize| times.median_of(|round| round[index] / round[0]);
    at_most("PlaybackMinter::token / mint", of_mint(1), 1.5);
    at_most("StreamMinter::token / mint", of_mint(2), 1.25);
    at_most("StreamMinter::try_token / mint", of_mint(4), 1.25);
    println!();
}

fn two_threads(effort: Effort, identities: &[String]) {
    let case = Case::playback(900);
    let minters = [live(&case, true), live(&case, true)];
    let streams = [stream(&minters[0]), stream(&minters[1])];
    let mut contestants: [Contestant<'_>; 2] = [
        on_two_threads([&streams[0], &streams[0]], |stream, identity| stream.token(identity)),
        on_two_threads([&streams[0], &streams[1]], |stream, identity| stream.token(identity)),
    ];
    let effort = Effort { calls: effort.calls * 5, ..effort };
    let times = Times::measure(effort, identities, &mut contestants);
    medians("two threads", &["on one stream", "on two streams"], &times);
    at_most("one / two", times.median_of(|round| round[0] / round[1]), 1.25);
}

/// A minter of the case's claims with its grant in the cache.
fn live(case: &Case, unique: bool) -> PlaybackMinter {
    let policy = CachePolicy::builder().soft_point(Duration::from_secs(60)).build();
    let minter = PlaybackMinter::builder(&key())
        .source(AtHand(case.grant_json.clone()))
        .policy(policy.expect("the policy is within its limits"))
        .ttl(TTL)
        .unique(unique)
        .build()
        .expect("the settings are valid");
    minter.token(STREAMER, "alice").expect("the grant is at hand");
    minter
}

fn stream(minter: &PlaybackMinter) -> StreamMinter {
    minter.stream(STREAMER).expect("the stream is in the cache")
}

//! Warm playback tokens against plain mints of the same claims.

use grantmint_bench::cases::{Case, STREAMER, live};
use grantmint_bench::rounds::{Contestant, Effort, Times, contestant, on_two_threads};

use crate::report::Report;

pub(crate) fn run(report: &mut Report, effort: Effort, identities: &[String]) {
    for (name, bytes) in [("0.1 KB", 100), ("0.9 KB", 900), ("8 KB", 8192)] {
        for unique in [false, true] {
            warm(report, name, &Case::playback(bytes), unique, effort, identities);
        }
    }
    two_threads(report, effort, identities);
}

fn warm(
    report: &mut Report,
    name: &str,
    case: &Case,
    unique: bool,
    effort: Effort,
    identities: &[String],
) {
    let plain = if unique { case.unique_minter() } else { case.minter() };
    let live = live(case, unique);
    let stream = live.stream(STREAMER).expect("the stream is there");
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
    let jti = if unique { "unique jti" } else { "Twilio's jti" };
    report.medians(&format!("a warm playback token, grant of {name}, {jti}"), &names, &times);
    let of_mint = |index: usize| times.median_of(|round| round[index] / round[0]);
    report.at_most("PlaybackMinter::token / mint", of_mint(1), 1.5);
    report.at_most("StreamMinter::token / mint", of_mint(2), 1.25);
    report.at_most("StreamMinter::try_token / mint", of_mint(4), 1.25);
}

fn two_threads(report: &mut Report, effort: Effort, identities: &[String]) {
    let case = Case::playback(900);
    let minters = [live(&case, true), live(&case, true)];
    let [one, two] = minters.each_ref().map(|live| live.stream(STREAMER).expect("it is there"));
    let mut contestants: [Contestant<'_>; 2] = [
        on_two_threads([&one, &one], |stream, identity| stream.token(identity)),
        on_two_threads([&one, &two], |stream, identity| stream.token(identity)),
    ];
    let effort = Effort { calls: effort.calls * 5, ..effort };
    let times = Times::measure(effort, identities, &mut contestants);
    report.medians(
        "a warm playback token, two threads",
        &["on one stream", "on two streams"],
        &times,
    );
    report.at_most("one / two", times.median_of(|round| round[0] / round[1]), 1.25);
}

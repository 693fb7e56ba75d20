//! The way of one `token` command.

use grantmint_core::AccessToken;

use super::bulk::{self, Bulk};
use super::identities::Identities;
use super::kind::{Wanted, wanted};
use super::mint::Mint;
use crate::args::{Format, KindArgs};
use crate::credentials::{Key, api_key};
use crate::exit::{Exit, Failure};
use crate::flags::named;
use crate::grant::print_curl;
use crate::output::{Messages, Results};

pub(crate) fn run(kind: &KindArgs, messages: Messages) -> Result<Exit, Failure> {
    let wanted = wanted(kind)?;
    if let Some(playback) = wanted.playback.filter(|playback| playback.upstream.curl) {
        return print_curl(&playback.streamer, &playback.upstream);
    }
    let identities = Identities::of(wanted.token)?;
    let key = api_key(&wanted.token.credentials)?;
    key.say(messages);
    let mint = Mint::new(&key.key, &wanted)?;
    advise(&wanted, &key, &identities, messages)?;
    let format = if wanted.token.messages.silent { Format::None } else { wanted.token.output };
    let results = Results::open(format)?;
    let outcome = match identities {
        Identities::One(identity) => one(&mint, identity, results),
        many => {
            let skips_bad = wanted.token.bulk.skip_bad;
            bulk::run(Bulk { mint: &mint, results, messages, skips_bad }, many)
        }
    };
    if let Some(trouble) = mint.fleet_trouble() {
        messages.warn(format!("each run fetches for itself: {trouble}"));
    }
    outcome
}

fn one(mint: &Mint, identity: &str, mut results: Results) -> Result<Exit, Failure> {
    mint.mint(identity, |parts| results.token(identity, parts)).map_err(named)??;
    results.end()?;
    Ok(Exit::Good)
}

/// What is not wrong, but known to end in trouble.
fn advise(
    wanted: &Wanted<'_>,
    key: &Key,
    identities: &Identities<'_>,
    messages: Messages,
) -> Result<(), Failure> {
    // Of many identities nothing is said.
    let identity = match identities {
        Identities::One(identity) => identity,
        Identities::Count(_) | Identities::Lines(_) => "anybody",
    };
    let token = AccessToken::builder(&key.key, identity).grants(wanted.grants.clone());
    let token = wanted.token.ttl.into_iter().fold(token, |token, ttl| token.ttl(ttl));
    for warning in token.build().map_err(named)?.warnings() {
        messages.warn(warning.message());
    }
    Ok(())
}

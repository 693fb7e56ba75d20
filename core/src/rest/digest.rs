//! By what sources are told apart, secrets and all. What all processes of a fleet go by is an encoding of its own that
//! no version of the library may change: they would no longer share.

#[cfg(test)]
mod tests;

use super::choices::{Format, Lifetime, Per, RetryUnit};
use super::config::Config;
use super::encoding::{Digest, Encoding};
use super::options::RestSourceBuilder;

/// Of what a source was given.
pub(super) struct Digests {
    /// Of all that decides what is fetched, and nothing else: neither how upstream is reached nor how its refusals are
    /// told. Those who have the same share it, whatever their processes.
    pub(super) fetched: Digest,
    /// Of what upstream knows the caller by: whoever has the same is throttled together.
    pub(super) caller: Digest,
    /// Of all of it, within one process.
    pub(super) whole: Digest,
}

impl Digests {
    pub(super) fn new(given: &RestSourceBuilder, config: &Config) -> Self {
        let fetched = fetched(given, config);
        let whole = whole(given, &fetched);
        Self { fetched, caller: caller(given, config), whole }
    }
}

fn fetched(given: &RestSourceBuilder, config: &Config) -> Digest {
    let mut encoding = Encoding::new("grantmint rest 1");
    encoding.text(config.method.as_str());
    config.address.encode(&mut encoding);
    encoding.fields(&config.query);
    config.headers.encode(&mut encoding);
    config.body.encode(&mut encoding);
    optional(&mut encoding, config.ttl.as_ref(), |encoding, ttl| encoding.number(*ttl));
    encoding.text(match given.per {
        Per::Shared => "shared",
        Per::Key => "key",
        Per::Call => "call",
    });
    encoding.truth(given.exclusive);
    answer(&mut encoding, given);
    secrets(&mut encoding, given);
    encoding.end()
}

/// What is read of an answer.
fn answer(encoding: &mut Encoding, given: &RestSourceBuilder) {
    encoding.text(match given.answer {
        Format::Json => "json",
        Format::Text => "text",
    });
    encoding.text(&given.value);
    encoding.count(given.lifetime.len());
    given.lifetime.iter().for_each(|source| lifetime(encoding, source));
    encoding.number(given.max_lifetime);
    let mut statuses = given.ok.clone();
    statuses.sort_unstable();
    statuses.dedup();
    encoding.count(statuses.len());
    statuses.into_iter().for_each(|status| encoding.number(status));
    encoding.members(given.ok_when.iter().map(|(at, value)| (at, value)), Encoding::json);
    encoding.truth(given.shape.is_some());
}

fn lifetime(encoding: &mut Encoding, lifetime: &Lifetime) {
    let (unit, pointer) = match lifetime {
        Lifetime::Seconds(at) => ("seconds", at.as_str()),
        Lifetime::Minutes(at) => ("minutes", at.as_str()),
        Lifetime::Milliseconds(at) => ("milliseconds", at.as_str()),
        Lifetime::Epoch(at) => ("epoch", at.as_str()),
        Lifetime::EpochMs(at) => ("epoch_ms", at.as_str()),
        Lifetime::Iso8601(at) => ("iso8601", at.as_str()),
        Lifetime::Rfc2822(at) => ("rfc2822", at.as_str()),
        Lifetime::Jwt(at) => ("jwt", at.as_str()),
        Lifetime::Asked => ("asked", ""),
        Lifetime::Constant(seconds) => {
            encoding.text("constant");
            return encoding.number(*seconds);
        }
    };
    encoding.text(unit);
    encoding.text(pointer);
}

/// All of them stand in the request. Here each stands alone, so that two which run together there are told apart.
fn secrets(encoding: &mut Encoding, given: &RestSourceBuilder) {
    encoding.set(given.secrets.iter().map(|(_, secret)| secret.as_str()));
}

fn caller(given: &RestSourceBuilder, config: &Config) -> Digest {
    let mut encoding = Encoding::new("grantmint rest caller 1");
    config.headers.encode_caller(&mut encoding);
    secrets(&mut encoding, given);
    encoding.end()
}

fn whole(given: &RestSourceBuilder, fetched: &Digest) -> Digest {
    let mut encoding = Encoding::new("grantmint rest whole 1");
    encoding.bytes(&**fetched);
    optional(&mut encoding, given.error.as_ref(), |encoding, pointer| encoding.text(pointer));
    encoding.count(given.errors.len());
    for (code, kind) in &given.errors {
        encoding.text(code);
        encoding.text(kind.code());
    }
    encoding.count(given.throttled.len());
    given.throttled.iter().for_each(|status| encoding.number(*status));
    let (header, unit) = &given.retry_after;
    encoding.text(header);
    encoding.text(match unit {
        RetryUnit::Seconds => "s",
        RetryUnit::Milliseconds => "ms",
        RetryUnit::Epoch => "epoch",
        RetryUnit::EpochMs => "epoch_ms",
    });
    optional(&mut encoding, given.proxy.as_ref(), |encoding, proxy| encoding.text(proxy));
    optional(&mut encoding, given.ca_file.as_ref(), |encoding, file| {
        encoding.bytes(file.as_os_str().as_encoded_bytes());
    });
    encoding.end()
}

fn optional<T>(encoding: &mut Encoding, value: Option<&T>, write: impl FnOnce(&mut Encoding, &T)) {
    encoding.count(usize::from(value.is_some()));
    if let Some(value) = value {
        write(encoding, value);
    }
}

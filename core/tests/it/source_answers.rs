//! What a source may answer, as every language runs it: `tests/vectors/source_answers.json`.

use std::path::Path;
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Error, Fetched, Grant, GrantCache, GrantRequest, GrantSource,
    Key, ManualClock, PlaybackMinter, Result,
};
use serde::Deserialize;

use crate::support::{STREAMER, key};

#[derive(Deserialize)]
struct Table {
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    name: String,
    only: Option<Place>,
    #[serde(default = "a_minute")]
    asked: f64,
    grant: Option<String>,
    ttl: Option<f64>,
    python: Option<String>,
    node: Option<String>,
    serves: Option<f64>,
    code: Option<String>,
    says: Option<serde_json::Value>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Place {
    Minter,
    Cache,
}

fn a_minute() -> f64 {
    60.0
}

fn answers() -> Vec<Answer> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = std::fs::read_to_string(vectors.join("source_answers.json")).unwrap();
    serde_json::from_str::<Table>(&text).unwrap().answers
}

fn with_hardly_a_margin() -> CachePolicy {
    CachePolicy::builder().safety_margin(Duration::from_millis(1)).build().unwrap()
}

fn clock() -> ManualClock {
    ManualClock::new(Duration::from_secs(1_800_000_000))
}

impl Answer {
    /// The lifetime, as far as there is such a time in Rust.
    fn lifetime(&self) -> Option<std::result::Result<Duration, ()>> {
        self.ttl.map(|ttl| Duration::try_from_secs_f64(ttl).map_err(|_| ()))
    }

    /// Runs it; returns what is not as the row says.
    fn wrong(&self, place: Place) -> Option<String> {
        let found = match place {
            Place::Minter => self.of_minter(),
            Place::Cache => self.of_cache(),
        };
        let wrong = match (&found, self.serves, &self.code) {
            (Ok(left), Some(serves), None) => (left.as_secs_f64() - serves).abs() > 0.002,
            (Err(error), None, Some(code)) => {
                let says = self.says.as_ref().and_then(|says| says.as_str()).unwrap_or_default();
                let is_secret = error.message().contains("hush");
                error.code() != code || !error.message().contains(says) || is_secret
            }
            _ => true,
        };
        wrong.then(|| format!("{} ({place:?}): {found:?}", self.name))
    }

    fn of_minter(&self) -> Result<Duration> {
        let source = Says { grant: self.grant.clone().unwrap(), lifetime: self.lifetime() };
        let live = PlaybackMinter::builder(&key())
            .source(source)
            .policy(with_hardly_a_margin())
            .clock(&clock())
            .grant_ttl(Duration::from_secs_f64(self.asked).as_secs().try_into().unwrap())
            .build()
            .unwrap();
        live.token(STREAMER, "alice").map(|token| token.grant_remaining)
    }

    fn of_cache(&self) -> Result<Duration> {
        let cache = GrantCache::builder().policy(with_hardly_a_margin()).clock(&clock()).build();
        let key = Key::new("key", Duration::from_secs_f64(self.asked)).unwrap();
        let begun = cache.begin(&key, BeginOptions::default()).unwrap();
        let Begin::Fetch(mut ticket, waiter) = begun else { panic!("{begun:?}") };
        ticket.start();
        let lifetime = self.lifetime().unwrap_or(Ok(key.ttl())).unwrap();
        ticket.complete(Grant::new(self.grant.clone().unwrap()), lifetime);
        waiter.wait().map(|hit| hit.remaining())
    }
}

/// A source with one answer.
struct Says {
    grant: String,
    lifetime: Option<std::result::Result<Duration, ()>>,
}

impl GrantSource for Says {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        let fetched = Fetched::new(self.grant.as_str())?;
        Ok(match self.lifetime {
            Some(lifetime) => fetched.with_ttl(lifetime.unwrap()),
            None => fetched,
        })
    }
}

#[test]
fn every_answer_is_served_or_refused_as_written() {
    let answers = answers();
    let (mut tried, mut wrong) = (0, Vec::new());
    for answer in answers.iter().filter(|answer| answer.grant.is_some()) {
        if matches!(answer.lifetime(), Some(Err(()))) {
            continue;
        }
        for place in [Place::Minter, Place::Cache] {
            if answer.only.is_none_or(|only| only == place) {
                tried += 1;
                wrong.extend(answer.wrong(place));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {tried} are not as written:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(tried >= 50, "{tried}");
}

#[test]
fn each_row_says_what_comes_and_what_becomes_of_it() {
    for answer in answers() {
        let name = &answer.name;
        let in_words = answer.python.is_some() || answer.node.is_some();
        assert!(answer.grant.is_some() != in_words, "{name}: a text, or expressions");
        assert!(answer.serves.is_some() != answer.code.is_some(), "{name}");
        assert!(answer.says.is_none() || answer.code.is_some(), "{name}");
        let known = |code: &String| grantmint_core::ErrorKind::from_code(code).is_some();
        assert!(answer.code.as_ref().is_none_or(known), "{name}");
    }
}

#[test]
fn numbers_that_no_duration_holds_are_refused_with_a_reason() {
    let told = |seconds| {
        let error: Error =
            grantmint_core::answer_ttl(seconds, Duration::from_secs(60)).unwrap_err();
        (error.code(), error.message().to_owned())
    };
    for (seconds, says) in [
        (f64::NAN, "ttl must be a finite number of seconds, not NaN"),
        (f64::INFINITY, "ttl must be a finite number of seconds, not inf"),
        (-1.0, "ttl must be over 0, not -1"),
    ] {
        assert_eq!(told(seconds), ("invalid_ttl", says.to_owned()));
    }
}

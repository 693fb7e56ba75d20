//! Sources of short-lived credentials that are described and not programmed: a REST endpoint, what is sent to it, and
//! what is read of its answers.
//!
//! `options` is how one is described, `choices` what there is to choose from, `config` what has been checked, `source` the one request. `template` and `slots`
//! fill in texts; `digest` tells sources apart, in the `encoding` of their parts; `address`, `headers`, `body` and its `json` are the parts of a request, `signed` is a bearer that is signed for it; `answer`, `lifetimes` and `refusal` read
//! what comes. Uses `upstream` for the request, and knows no cache.

mod address;
mod answer;
mod body;
mod choices;
mod config;
mod dates;
mod digest;
mod encoding;
mod from_json;
mod headers;
mod json;
mod lifetimes;
mod options;
mod pointer;
mod refusal;
mod signed;
mod slots;
mod source;
mod template;
#[cfg(test)]
mod tests;

pub use choices::{Auth, Format, Lifetime, Method, Per, RetryUnit};
pub use options::RestSourceBuilder;
pub use source::RestSource;

pub(crate) use answer::Obtained;

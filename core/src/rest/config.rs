//! A source that has been checked: what it sends, and what it reads.

use super::address::Address;
use super::answer::Reading;
use super::body::{Body, fields};
use super::choices::{Format, Lifetime, Method, Per};
use super::headers::Headers;
use super::json::Json;
use super::lifetimes::Lifetimes;
use super::options::RestSourceBuilder;
use super::pointer::Pointer;
use super::refusal::Refusals;
use super::slots::{Slots, refused};
use super::template::{Fields, Late};
use crate::error::Result;
use crate::limits::REST_ITEMS_MAX;

pub(super) struct Config {
    pub(super) address: Address,
    pub(super) method: Method,
    pub(super) query: Fields,
    pub(super) headers: Headers,
    pub(super) body: Body,
    pub(super) ttl: Option<u32>,
    pub(super) reading: Reading,
    pub(super) per: Per,
    pub(super) exclusive: bool,
}

impl Config {
    pub(super) fn new(given: &RestSourceBuilder) -> Result<Self> {
        let lifetimes = Lifetimes::new(&given.lifetime, given.ttl, given.max_lifetime)?;
        check_counts(given)?;
        let mut slots =
            Slots::new(&given.vars, &given.secrets, given.arguments, given.ttl.is_some())?;
        let (proxy, ca_file) = (given.proxy.as_deref(), given.ca_file.as_deref());
        let config = Self {
            address: Address::new(&given.url, &mut slots, proxy, ca_file)?,
            method: given.method,
            query: fields("query", &given.query, &mut slots)?,
            headers: Headers::new(&given.headers, given.auth.as_ref(), given.answer, &mut slots)?,
            body: body(given, &mut slots)?,
            ttl: given.ttl,
            reading: reading(given, lifetimes)?,
            per: given.per,
            exclusive: given.exclusive,
        };
        slots.check_used()?;
        config.check_ttl(given)?;
        config.check_sharing(given)?;
        Ok(config)
    }

    /// Whether a request has something in it that is known only when it is sent.
    pub(super) fn has(&self, late: Late) -> bool {
        self.address.has(late)
            || self.headers.has(late)
            || self.body.has(late)
            || self.query.iter().any(|(_, value)| value.has(late))
    }

    fn check_ttl(&self, given: &RestSourceBuilder) -> Result<()> {
        let is_used = self.has(Late::Ttl) || given.lifetime.contains(&Lifetime::Asked);
        match given.ttl {
            Some(_) if !is_used => Err(refused("ttl", "has no effect: ask for it with {ttl}")),
            _ => Ok(()),
        }
    }

    fn check_sharing(&self, given: &RestSourceBuilder) -> Result<()> {
        let has_key = self.has(Late::Key);
        let wrong = match given.per {
            Per::Shared if has_key => "must be key where there is the slot {key}",
            Per::Key if !has_key && !given.distinct => {
                "is Key, which needs the slot {key}, or distinct if the requests of all keys are the same"
            }
            Per::Shared | Per::Call if given.distinct => "must be key for distinct",
            Per::Call if given.exclusive => {
                "must not be Call for exclusive: each call would end the one before"
            }
            _ => return Ok(()),
        };
        Err(refused("per", wrong))
    }
}

fn check_counts(given: &RestSourceBuilder) -> Result<()> {
    let counts = [
        ("headers", given.headers.len()),
        ("query", given.query.len()),
        ("form", given.form.as_ref().map_or(0, Vec::len)),
        ("vars", given.vars.len()),
        ("secrets", given.secrets.len()),
        ("lifetime", given.lifetime.len()),
        ("ok", given.ok.len()),
        ("ok_when", given.ok_when.len()),
        ("errors", given.errors.len()),
        ("throttled", given.throttled.len()),
    ];
    match counts.into_iter().find(|(_, count)| *count > REST_ITEMS_MAX) {
        Some((name, _)) => Err(refused(name, "must have 1,024 items at most")),
        None => Ok(()),
    }
}

fn body(given: &RestSourceBuilder, slots: &mut Slots) -> Result<Body> {
    if given.method == Method::Get && (given.form.is_some() || given.json.is_some()) {
        return Err(refused("method", "is Get, which has no body: give query, or another method"));
    }
    match (&given.form, &given.json) {
        (Some(_), Some(_)) => {
            Err(refused("json", "cannot be given with form: a body is one of the two"))
        }
        (Some(form), None) => Ok(Body::Form(fields("form", form, slots)?)),
        (None, Some(json)) => Ok(Body::Json(Json::new("json", json, slots)?)),
        (None, None) => Ok(Body::Nothing),
    }
}

fn reading(given: &RestSourceBuilder, lifetimes: Lifetimes) -> Result<Reading> {
    let value = Pointer::parse("value", &given.value)?;
    if given.answer == Format::Text {
        if !value.is_whole() || !given.ok_when.is_empty() {
            return Err(refused(
                "answer",
                "is Text, in which nothing can be pointed to by value or ok_when",
            ));
        }
        if !lifetimes.are_of_text() {
            return Err(refused(
                "answer",
                "is text, whose lifetime is jwt of the whole, asked or constant",
            ));
        }
    }
    Ok(Reading {
        format: given.answer,
        value,
        lifetimes,
        refusals: Refusals::new(given)?,
        shape: given.shape,
    })
}

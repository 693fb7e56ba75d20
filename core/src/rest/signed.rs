//! A bearer that is signed here, as JSON describes it: with a `secret`, and the names of the methods of a minter's builder.

use serde_json::{Map, Value};

use super::choices::Auth;
use super::json::Json;
use super::slots::{Slots, not_known, refused};
use super::template::{Late, Values};
use crate::error::{Error, Result};
use crate::jwt::{JwtMinter, JwtMinterBuilder, NotBefore, SlotValue};
use crate::token::Algorithm;
use crate::wiped::WipedString;

/// What `Authorization` says, as a builder was told it.
pub(super) enum GivenAuth {
    Auth(Auth),
    Signed(Signed),
}

/// A minter of tokens for nobody, of which some texts have slots that are filled in later.
pub(super) struct Signed {
    secret: WipedString,
    claims: Value,
    header: Map<String, Value>,
    /// The other options, which are as they are.
    set: Vec<Set>,
}

type Set = Box<dyn Fn(JwtMinterBuilder) -> JwtMinterBuilder + Send + Sync>;

impl Signed {
    pub(super) fn read(value: &Value) -> Result<Self> {
        let wrong = || {
            let what = "must have an object in signed, with secret, and of claims, header, typ, algorithm, ttl, max_ttl, \
                        iat, nbf, backdate and unique what is needed";
            refused("auth", what)
        };
        let given = value.as_object().ok_or_else(wrong)?;
        let secret = given.get("secret").and_then(Value::as_str).ok_or_else(wrong)?;
        let (mut claims, mut header, mut set) = (Map::new(), Map::new(), Vec::new());
        for (name, value) in given {
            match (name.as_str(), value) {
                ("secret", _) => {}
                ("claims", Value::Object(members)) => claims.clone_from(members),
                ("header", Value::Object(members)) => header.clone_from(members),
                _ => set.push(setter(name, value).ok_or_else(wrong)?),
            }
        }
        let (secret, claims) = (WipedString::from(secret.to_owned()), Value::Object(claims));
        Ok(Self { secret, claims, header, set })
    }

    /// The minter, now that the slots have their values.
    pub(super) fn minter(&self, slots: &mut Slots) -> Result<JwtMinter> {
        let secret = slots.known("auth", &self.secret)?;
        let mut builder = JwtMinter::builder(secret.as_bytes()).no_identity();
        builder = builder.claims(&filled(&self.claims, slots)?);
        for (name, value) in &self.header {
            builder = builder.header(name, SlotValue::Json(&filled(value, slots)?));
        }
        let minter = self.set.iter().fold(builder, |builder, set| set(builder)).build();
        minter.map_err(|error| {
            let what = format!("signs a token, and {}", error.message());
            Error::of_argument(error.kind(), "auth", what)
        })
    }
}

/// None for what is no option, or of another type.
fn setter(name: &str, value: &Value) -> Option<Set> {
    let (number, truth) = (value.as_u64(), value.as_bool());
    Some(match (name, number, truth) {
        ("ttl", Some(seconds), _) => Box::new(move |builder| builder.ttl(seconds)),
        ("max_ttl", Some(seconds), _) => Box::new(move |builder| builder.max_ttl(seconds)),
        ("backdate", Some(seconds), _) => Box::new(move |builder| builder.backdate(seconds)),
        ("iat", _, Some(iat)) => Box::new(move |builder| builder.iat(iat)),
        ("unique", _, Some(unique)) => Box::new(move |builder| builder.unique(unique)),
        ("nbf", _, Some(minted)) => Box::new(move |builder| builder.nbf(minted)),
        ("nbf", Some(second), _) => Box::new(move |builder| builder.nbf(NotBefore::At(second))),
        ("typ", ..) if value.is_null() => Box::new(|builder| builder.typ(None)),
        ("typ", ..) => {
            let typ = value.as_str()?.to_owned();
            Box::new(move |builder| builder.typ(typ.as_str()))
        }
        ("algorithm", ..) => {
            let algorithm: Algorithm = value.as_str()?.parse().ok()?;
            Box::new(move |builder| builder.algorithm(algorithm))
        }
        _ => return None,
    })
}

/// What a part of the description says when its slots are filled in.
fn filled(value: &Value, slots: &mut Slots) -> Result<WipedString> {
    let json = Json::new("auth", value, slots)?;
    if Late::ALL.iter().any(|late| json.has(*late)) {
        return Err(not_known("auth"));
    }
    let mut text = WipedString::new();
    json.write(&Values::none(), &mut text);
    Ok(text)
}

//! What JavaScript takes out of a port for one of its calls.

use grantmint_core::{Error, PlaybackToken};
use napi_derive::napi;

use crate::asked::Answer;
use crate::error::code;
use crate::hit::Hit;
use crate::hot::wiped::Wiped;
use crate::inbox::{Inbox, News, What};
use crate::issued::Issued;
use crate::js_number::{number, to_ms};
use crate::ticket::Ticket;

/// What came for a call: a token, a grant, a credential, an error, a token with an error (a degraded one with its
/// reason), a ticket, or nothing: its waiter has an outcome.
#[napi(object, object_from_js = false)]
pub struct Delivery {
    /// The number of the call.
    pub number: i64,
    /// The token.
    pub jwt: Option<Wiped>,
    /// How long its grant is still valid.
    pub remaining_ms: Option<f64>,
    /// Whether a refresh of its grant is due, or has failed.
    pub freshness: Option<&'static str>,
    /// The generation of its grant.
    pub generation: Option<f64>,
    /// The code of the error, as it would be thrown.
    pub code: Option<String>,
    /// The message of the error.
    pub message: Option<String>,
    /// The number of the job that ended with the error, if one did.
    pub job: Option<f64>,
    /// The grant.
    pub hit: Option<Hit>,
    /// The credential, or ICE servers.
    pub issued: Option<Issued>,
    /// The ticket, if this call has to fetch the grant.
    pub ticket: Option<Ticket>,
}

impl Delivery {
    fn nothing(number: i64) -> Self {
        Self {
            number,
            jwt: None,
            remaining_ms: None,
            freshness: None,
            generation: None,
            code: None,
            message: None,
            job: None,
            hit: None,
            issued: None,
            ticket: None,
        }
    }

    fn token(id: i64, token: PlaybackToken) -> Self {
        Self {
            jwt: Some(token.jwt.into()),
            remaining_ms: Some(to_ms(token.grant_remaining)),
            freshness: Some(token.freshness.as_str()),
            generation: Some(number(token.generation)),
            code: token.reason.as_ref().map(code),
            message: token.reason.as_ref().map(|reason| reason.message().to_owned()),
            ..Self::nothing(id)
        }
    }

    fn error(id: i64, error: &Error) -> Self {
        let message = Some(error.message().to_owned());
        let job = error.mark().map(number);
        Self { code: Some(code(error)), message, job, ..Self::nothing(id) }
    }

    /// The delivery of what came.
    pub(crate) fn of(News(number, what): News, inbox: &Inbox) -> Self {
        match what {
            What::Answer(Answer::Token(Ok(token))) => Self::token(number, token),
            What::Answer(Answer::Grant(Ok(hit))) => {
                Self { hit: Some(Hit::from(&hit)), ..Self::nothing(number) }
            }
            What::Answer(Answer::Issued(Ok(issued))) => {
                Self { issued: Some(Issued::from(&issued)), ..Self::nothing(number) }
            }
            What::Answer(Answer::Ice(Ok(issued))) => {
                Self { issued: Some(Issued::from(&issued)), ..Self::nothing(number) }
            }
            What::Answer(
                Answer::Token(Err(error))
                | Answer::Grant(Err(error))
                | Answer::Issued(Err(error))
                | Answer::Ice(Err(error)),
            ) => Self::error(number, &error),
            What::Fetch(ticket) => {
                Self { ticket: Some(Ticket::new(ticket, inbox)), ..Self::nothing(number) }
            }
            What::Wake => Self::nothing(number),
        }
    }
}

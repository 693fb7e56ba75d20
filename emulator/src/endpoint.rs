//! The PlaybackGrant endpoint, and what a call of any endpoint goes through.

use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::header::{CONNECTION, DATE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Method, Request};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::auth::Key;
use crate::clock::{http_date, iso_date};
use crate::config::RetryAfter;
use crate::fault_queue::CallFaults;
use crate::faults::{FaultKind, RetryAfterForm};
use crate::form::GrantForm;
use crate::grant::{Channel, Grant, PlaybackGrantResource};
use crate::reply::{self, Problem, Reply};
use crate::reply_body::{Aborted, ReplyBody};
use crate::request_body;
use crate::sid::is_sid;
use crate::state::State;
use crate::wire::GarbageSwitch;

const CONCURRENT_REQUESTS: HeaderName = HeaderName::from_static("twilio-concurrent-requests");

/// Answers one call for the PlayerStreamer named in its path.
pub(crate) async fn call(
    state: &State,
    garbage: &GarbageSwitch,
    streamer: &str,
    request: Request<Incoming>,
) -> Result<Reply, Aborted> {
    let documented = |call: &Call<'_>, head: &Parts, body: &[u8]| call.documented(head, body);
    call_of(state, garbage, streamer, request, documented).await
}

/// Answers one call of an endpoint that documents such answers, unless a fault keeps it from being looked at.
pub(crate) async fn call_of(
    state: &State,
    garbage: &GarbageSwitch,
    streamer: &str,
    request: Request<Incoming>,
    documented: impl FnOnce(&Call<'_>, &Parts, &[u8]) -> Reply,
) -> Result<Reply, Aborted> {
    let (_call, in_flight) = state.in_flight.enter();
    state.counting.called(streamer, in_flight);
    let call = Call { state, streamer, faults: state.take_faults(streamer) };
    let (head, body) = request.into_parts();
    // Read before anything is refused: an unread body would cost the client its connection.
    let body = request_body::read(body).await;
    if !call.faults.delay.is_zero() {
        tokio::time::sleep(call.faults.delay).await;
    }
    let mut reply = match call.broken(garbage).await? {
        Some(reply) => reply,
        None => match body {
            Ok(body) => documented(&call, &head, &body),
            Err(problem) => problem.reply(),
        },
    };
    call.finish(&mut reply, in_flight);
    Ok(reply)
}

/// One call and what is to happen to it.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    streamer: &'a str,
    faults: CallFaults,
}

impl Call<'_> {
    /// The outcome of a fault that keeps the call from being looked at, if there is one.
    async fn broken(&self, garbage: &GarbageSwitch) -> Result<Option<Reply>, Aborted> {
        let reply = match &self.faults.kind {
            Some(FaultKind::CutBefore) => return self.abort(None).await,
            Some(FaultKind::Stall { ms }) => return self.abort(Some(*ms)).await,
            Some(FaultKind::GarbageBytes) => {
                garbage.throw();
                let mut reply = reply::with_body(200, ReplyBody::whole(""));
                reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                reply
            }
            Some(FaultKind::Status { status, code, message, retry_after }) => asking_for(
                retry_after.map(HeaderValue::from),
                status_fault(*status, *code, message.clone()),
            ),
            Some(FaultKind::Throttle { retry_after, form, raw }) => {
                throttled(self.retry_after_fault(*retry_after, *form, raw.as_deref()))
            }
            Some(FaultKind::Redirect { status, location }) => redirect(*status, location),
            _ => return Ok(None),
        };
        Ok(Some(reply))
    }

    /// Never answers: at once, after some time, or for as long as the client stays.
    async fn abort(&self, stall: Option<Option<u64>>) -> Result<Option<Reply>, Aborted> {
        self.state.counting.unanswered();
        match stall {
            None => {}
            Some(Some(ms)) => tokio::time::sleep(Duration::from_millis(ms)).await,
            Some(None) => std::future::pending().await,
        }
        Err(Aborted)
    }

    /// The documented answer, but for a fault that spoils a grant.
    fn documented(&self, head: &Parts, body: &[u8]) -> Reply {
        match self.admit(head, body) {
            Ok((key, form)) => self.grant(key, form),
            Err(problem) if problem.is_throttle() => throttled(self.retry_after()),
            Err(problem) => problem.reply(),
        }
    }

    /// The checks, in the order in which Twilio's front makes them.
    fn admit(&self, head: &Parts, body: &[u8]) -> Result<(&Key, GrantForm), Problem> {
        let state = self.state;
        let key = state.keys.authenticate(&head.headers).ok_or_else(|| Problem::of_status(401))?;
        state.counting.authenticated(&key.account_sid);
        if head.method != Method::POST {
            return Err(Problem::of_status(405));
        }
        if !self.is_within_limit(&key.account_sid) {
            return Err(Problem::of_status(429));
        }
        if !(is_sid(self.streamer, "VJ") && state.has_streamer(self.streamer)) {
            let message = format!("The requested resource {} was not found", head.uri.path());
            return Err(Problem::new(404, message));
        }
        let form = GrantForm::read(&head.headers, body).map_err(|why| Problem::new(400, why))?;
        Ok((key, form))
    }

    /// Grants the call, and spoils the answer if a fault says so.
    fn grant(&self, key: &Key, form: GrantForm) -> Reply {
        let Some(url_token) = self.url_token(form) else {
            return Problem::of_status(500).reply();
        };
        self.state.counting.granted();
        let bytes = match self.faults.kind {
            Some(FaultKind::Oversize { bytes }) => bytes,
            _ => self.state.grant_bytes,
        };
        let grant = Grant::new(self.streamer, &url_token).padded_to(bytes);
        let body = self.resource(key, spoilt(grant.to_json(), self.faults.kind.as_ref()));
        match self.faults.kind {
            Some(FaultKind::WrongStatus { status }) => {
                reply::with_body(status, ReplyBody::whole(body))
            }
            _ => reply::with_body(201, self.spoilt_body(body)),
        }
    }

    /// The token for the URL, or `None` if the machine gives no random numbers.
    fn url_token(&self, form: GrantForm) -> Option<String> {
        let lifetime = match self.faults.kind {
            Some(FaultKind::OpaqueUrl) => return Some("123".to_owned()),
            Some(FaultKind::ShortGrant { lifetime_s }) => lifetime_s,
            _ => form.ttl,
        };
        let arn = Channel::of(self.streamer).arn();
        self.state.cdn.signer().sign(arn, form.origin, self.now() + lifetime).ok()
    }

    fn resource(&self, key: &Key, grant: Option<Box<RawValue>>) -> Vec<u8> {
        let (base_url, sid) = (&self.state.base_url, self.streamer);
        let resource = PlaybackGrantResource {
            sid,
            url: format!("{base_url}/v1/PlayerStreamers/{sid}/PlaybackGrant"),
            account_sid: &key.account_sid,
            date_created: iso_date(self.now()),
            grant,
        };
        serde_json::to_vec(&resource).expect("string keys and plain values")
    }

    fn spoilt_body(&self, mut body: Vec<u8>) -> ReplyBody {
        match self.faults.kind {
            Some(FaultKind::EmptyBody) => ReplyBody::whole(""),
            Some(FaultKind::NotJson) => ReplyBody::whole("<html><body>It works!</body></html>"),
            Some(FaultKind::TruncatedJson) => {
                body.truncate(body.len() / 2);
                ReplyBody::whole(body)
            }
            Some(FaultKind::CutBody) => ReplyBody::whole(body).cut(),
            Some(FaultKind::SlowBody { bytes, every_ms }) => {
                ReplyBody::whole(body).slow(bytes, Duration::from_millis(every_ms))
            }
            _ => ReplyBody::whole(body),
        }
    }

    fn retry_after(&self) -> Option<HeaderValue> {
        match self.state.retry_after {
            RetryAfter::Absent => None,
            RetryAfter::Seconds(seconds) => Some(HeaderValue::from(seconds)),
            RetryAfter::Date(seconds) => self.date_header(i64::from(seconds)),
        }
    }

    fn retry_after_fault(
        &self,
        seconds: Option<u32>,
        form: RetryAfterForm,
        raw: Option<&str>,
    ) -> Option<HeaderValue> {
        match form {
            RetryAfterForm::Seconds => seconds.map(HeaderValue::from),
            RetryAfterForm::Date => self.date_header(i64::from(seconds?)),
            RetryAfterForm::Raw => HeaderValue::from_str(raw?).ok(),
        }
    }

    /// Counts the answer, and adds what every answer of the endpoint has.
    fn finish(&self, reply: &mut Reply, in_flight: u64) {
        match self.faults.kind {
            Some(FaultKind::GarbageBytes) => self.state.counting.unanswered(),
            _ => self.state.counting.answered(reply.status().as_u16()),
        }
        let headers = reply.headers_mut();
        headers.insert(CONCURRENT_REQUESTS, HeaderValue::from(in_flight));
        if let Some(date) =
            self.date_header(self.faults.proxy_date).filter(|_| !self.faults.no_date)
        {
            headers.insert(DATE, date);
        }
    }

    fn date_header(&self, ahead: i64) -> Option<HeaderValue> {
        HeaderValue::from_str(&http_date(self.now() + ahead)).ok()
    }

    /// Whether an account may make this call by its limit. A fault that was asked for happens whatever that says.
    pub(crate) fn is_within_limit(&self, account: &str) -> bool {
        self.faults.kind.is_some() || self.state.throttle.allow(account, Instant::now())
    }

    /// The answer to a call over the limit.
    pub(crate) fn throttled(&self) -> Reply {
        throttled(self.retry_after())
    }

    /// The body of an answer, unless a fault spoils it.
    pub(crate) fn body(&self, body: &impl Serialize) -> ReplyBody {
        self.spoilt_body(serde_json::to_vec(body).expect("string keys and plain values"))
    }

    pub(crate) fn now(&self) -> i64 {
        self.state.clock.true_now() + self.faults.clock_offset
    }
}

/// The grant as it goes into the answer, or `None` if it is left out.
fn spoilt(grant: String, fault: Option<&FaultKind>) -> Option<Box<RawValue>> {
    fn raw(value: &impl Serialize) -> Box<RawValue> {
        to_raw_value(value).expect("string keys and plain values")
    }
    let grant = match fault {
        Some(FaultKind::NoGrant) => return None,
        Some(FaultKind::NullGrant) => raw(&()),
        Some(FaultKind::StringGrant) => raw(&grant),
        Some(FaultKind::ArrayGrant) => {
            RawValue::from_string(format!("[{grant}]")).expect("JSON in brackets is JSON")
        }
        _ => RawValue::from_string(grant).expect("it was just made as JSON"),
    };
    Some(grant)
}

fn status_fault(status: u16, code: Option<u32>, message: Option<String>) -> Reply {
    let mut problem = Problem::of_status(status);
    problem.say(code, message);
    problem.reply()
}

fn redirect(status: u16, location: &str) -> Reply {
    let mut reply = reply::with_body(status, ReplyBody::whole(""));
    if let Ok(location) = HeaderValue::from_str(location) {
        reply.headers_mut().insert(LOCATION, location);
    }
    reply
}

fn throttled(retry_after: Option<HeaderValue>) -> Reply {
    asking_for(retry_after, Problem::of_status(429).reply())
}

fn asking_for(retry_after: Option<HeaderValue>, mut reply: Reply) -> Reply {
    if let Some(value) = retry_after {
        reply.headers_mut().insert(RETRY_AFTER, value);
    }
    reply
}

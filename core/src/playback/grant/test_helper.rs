//! A test helper: what the client makes of an answer that no upstream sent.

use std::time::Duration;

use http::Response;
use zeroize::Zeroizing;

use super::answer;
use super::request::GrantRequest;
use crate::error::Result;
use crate::upstream::Answer;

/// The grant, its lifetime, and by how many milliseconds upstream's clock is ahead, if the answer says so.
///
/// # Errors
///
/// As the client's fetch, for an answer that has arrived.
pub fn read_answer(
    answer: Response<Vec<u8>>,
    request: &GrantRequest,
) -> Result<(String, Duration, Option<i64>)> {
    let (head, body) = answer.into_parts();
    let (status, headers, body) = (head.status, head.headers, Ok(Zeroizing::new(body)));
    let fetched = answer::read(Answer { status, headers, body }, request)?;
    let lifetime = fetched.ttl.unwrap_or(Duration::from_secs(request.ttl().into()));
    Ok((fetched.grant_json().to_owned(), lifetime, fetched.seen.clock_offset_ms))
}

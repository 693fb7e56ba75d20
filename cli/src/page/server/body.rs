//! The body of a request, within bounds.

use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use tokio::time::timeout;

use super::answer::Problem;
use super::checks::BODY_MAX_BYTES;

/// How long a body may take to come in.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body, whose length has been checked.
pub(super) async fn read(body: Incoming) -> Result<Bytes, Problem> {
    let most = usize::try_from(BODY_MAX_BYTES).unwrap_or(usize::MAX);
    match timeout(READ_TIMEOUT, Limited::new(body, most).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(_)) => Err(Problem::new(400, "body", "The body broke off.")),
        Err(_) => Err(Problem::new(408, "slow", "The body did not come within 10 s.")),
    }
}

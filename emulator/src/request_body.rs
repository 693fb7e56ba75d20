//! Reading a request's body, within bounds.

use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::time::timeout;

use crate::reply::Problem;

const MAX_REQUEST_BYTES: usize = 256 * 1024;
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body of a request.
pub(crate) async fn read(body: Incoming) -> Result<Bytes, Problem> {
    let too_long = || Problem::new(413, "The request body is longer than 256 KiB");
    if body.size_hint().lower() > MAX_REQUEST_BYTES as u64 {
        return Err(too_long());
    }
    let collected = Limited::new(body, MAX_REQUEST_BYTES).collect();
    match timeout(READ_TIMEOUT, collected).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long()),
        Ok(Err(_)) => Err(Problem::new(400, "The request body broke off")),
        Err(_) => Err(Problem::new(408, "The request body did not come in time")),
    }
}

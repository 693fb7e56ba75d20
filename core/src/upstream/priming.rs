//! What the HTTP client fills at its first request, filled before that: a child that is forked while
//! another thread fills it would wait for ever.

use std::sync::atomic::{AtomicBool, Ordering};

use ureq::Agent;
use ureq::unversioned::transport::{ConnectionDetails, Connector, Transport};

use super::names::Names;

/// Fills it. To be called before other threads may send requests; cheap once that is done.
pub fn prime() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if !DONE.load(Ordering::Acquire) {
        // The request gets as far as to its headers, for which the client keeps a static.
        let nowhere = Agent::with_parts(ureq::config::Config::default(), Nowhere, Names);
        let failed = nowhere.get("http://127.0.0.1/").call();
        debug_assert!(failed.is_err(), "it connects to nothing");
        DONE.store(true, Ordering::Release);
    }
}

/// Connects to nothing.
#[derive(Debug)]
struct Nowhere;

impl Connector<()> for Nowhere {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        Err(ureq::Error::HostNotFound)
    }
}

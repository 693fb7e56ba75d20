//! The native half of the Python package `grantmint`: each function converts what it is given, calls
//! core once, and converts what comes back. All rules are core's.
//!
//! The interpreter is given up before any lock is taken or anything is waited for, and the library's
//! own threads never call it.

mod access_token;
mod api_key;
mod call;
mod clock;
mod error;
mod fork;
mod freshness;
mod grant_cache;
mod grants;
mod hit;
mod interpreter;
mod job;
mod json;
mod lock;
mod number;
mod playback_minter;
mod playback_token;
mod policy;
mod port;
mod show;
mod source;
mod stats;
mod stream_minter;
mod text;
mod ticket;
mod time;
mod token_minter;
mod verify;
mod waiter;

use pyo3::prelude::*;

/// The native half of grantmint. Import grantmint instead.
#[pymodule(gil_used = false)]
mod _native {
    use grantmint_core::{ErrorKind, LIMITS};
    use pyo3::prelude::*;
    use pyo3::types::PyDict;

    #[pymodule_export]
    use crate::access_token::AccessToken;
    #[pymodule_export]
    use crate::api_key::ApiKey;
    #[pymodule_export]
    use crate::call::TokenCall;
    #[pymodule_export]
    use crate::clock::ManualClock;
    #[pymodule_export]
    use crate::fork::_after_fork;
    #[pymodule_export]
    use crate::grant_cache::{_simulate_fork, Asking, Begun, CacheParts, GrantCache};
    #[pymodule_export]
    use crate::grants::{
        ChatGrant, CustomGrant, IpMessagingGrant, PlaybackGrant, RtcGrant, SyncGrant,
        TaskRouterGrant, VideoGrant, VoiceGrant,
    };
    #[pymodule_export]
    use crate::hit::Hit;
    #[pymodule_export]
    use crate::job::Job;
    #[pymodule_export]
    use crate::playback_minter::{PlaybackMinter, forget};
    #[pymodule_export]
    use crate::playback_token::PlaybackToken;
    #[pymodule_export]
    use crate::policy::CachePolicy;
    #[pymodule_export]
    use crate::port::LoopPort;
    #[pymodule_export]
    use crate::source::{_next_errand, _send_errand};
    #[pymodule_export]
    use crate::stats::{Event, Stats};
    #[pymodule_export]
    use crate::stream_minter::{StreamMinter, StreamParts};
    #[pymodule_export]
    use crate::ticket::Ticket;
    #[pymodule_export]
    use crate::token_minter::TokenMinter;
    #[pymodule_export]
    use crate::verify::{Decoded, decode, sign, verify, verify_jwt};
    #[pymodule_export]
    use crate::waiter::Waiter;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        crate::interpreter::claim(py)?;
        crate::source::prepare();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        let kinds = PyDict::new(py);
        for kind in ErrorKind::ALL {
            kinds.set_item(kind.code(), (kind.number(), kind.is_retryable(), kind.meaning()))?;
        }
        module.add("ERRORS", kinds)?;
        let limits = PyDict::new(py);
        for limit in LIMITS {
            limits.set_item(limit.name, limit.value)?;
        }
        module.add("LIMITS", limits)
    }
}

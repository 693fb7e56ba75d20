//! The native half of the Python package `grantmint`. Each function converts its arguments, calls
//! core, and converts the result; core makes all the rules.
//!
//! A thread releases the interpreter before it takes a lock or waits. The library's own threads
//! never call the interpreter.

mod access_token;
mod account;
mod answer;
mod api_key;
mod argument;
mod asking;
mod background;
mod begun;
mod builder;
mod call;
mod clock;
mod command_line;
mod core_error;
mod credential;
mod decoded;
mod error;
mod event;
mod fetch_function;
mod flag;
mod fleet;
mod fork;
mod freshness;
mod grant_cache;
mod grants;
mod hit;
mod hub;
mod ice;
mod imported;
mod interpreter;
mod interrupt;
mod job;
mod json;
mod jwt;
mod kept;
mod lock;
mod mailbox;
mod mint;
mod minted;
mod number;
mod one_use;
mod playback_minter;
mod playback_token;
mod policy;
mod port;
mod python_code;
mod show;
mod source;
mod stats;
mod stream_minter;
mod text;
mod ticket;
mod time;
mod token_minter;
mod unknown;
mod verify;
mod waiter;
mod wake;

use pyo3::prelude::*;

/// The native half of grantmint. Import grantmint instead.
#[pymodule(gil_used = false)]
mod _native {
    use grantmint_core::{ErrorKind, LIMITS};
    use pyo3::prelude::*;
    use pyo3::types::{PyDict, PyMappingProxy};

    #[pymodule_export]
    use crate::access_token::AccessToken;
    #[pymodule_export]
    use crate::answer::_check_answer_field;
    #[pymodule_export]
    use crate::api_key::ApiKey;
    #[pymodule_export]
    use crate::asking::Asking;
    #[pymodule_export]
    use crate::background::{
        _call_in_background, _enter_background, _leave_background, _next_in_background,
    };
    #[pymodule_export]
    use crate::begun::Begun;
    #[pymodule_export]
    use crate::call::TokenCall;
    #[pymodule_export]
    use crate::clock::ManualClock;
    #[pymodule_export]
    use crate::command_line::_command_line;
    #[pymodule_export]
    use crate::credential::issued::Issued;
    #[pymodule_export]
    use crate::credential::pending::Pending;
    #[pymodule_export]
    use crate::credential::rest_source::{RestSource, oauth2};
    #[pymodule_export]
    use crate::credential::shared_credential::Credential;
    #[pymodule_export]
    use crate::decoded::Decoded;
    #[pymodule_export]
    use crate::error::_doc_url;
    #[pymodule_export]
    use crate::event::Event;
    #[pymodule_export]
    use crate::fleet::host::HostFleet;
    #[pymodule_export]
    use crate::fleet::redis::RedisFleet;
    #[pymodule_export]
    use crate::fork::_after_fork;
    #[pymodule_export]
    use crate::grant_cache::{_simulate_fork, CacheParts, GrantCache};
    #[pymodule_export]
    use crate::grants::custom::CustomGrant;
    #[pymodule_export]
    use crate::grants::playback::PlaybackGrant;
    #[pymodule_export]
    use crate::grants::text_grants::{
        ChatGrant, IpMessagingGrant, RtcGrant, SyncGrant, TaskRouterGrant, VideoGrant,
    };
    #[pymodule_export]
    use crate::grants::voice::VoiceGrant;
    #[pymodule_export]
    use crate::hit::Hit;
    #[pymodule_export]
    use crate::ice::credentials::IceCredentials;
    #[pymodule_export]
    use crate::ice::parts::IceParts;
    #[pymodule_export]
    use crate::ice::servers::IceServers;
    #[pymodule_export]
    use crate::imported::_find_imports;
    #[pymodule_export]
    use crate::job::Job;
    #[pymodule_export]
    use crate::jwt::minter::JwtMinter;
    #[pymodule_export]
    use crate::jwt::slot::Slot;
    #[pymodule_export]
    use crate::kept::forget;
    #[pymodule_export]
    use crate::playback_minter::PlaybackMinter;
    #[pymodule_export]
    use crate::playback_token::PlaybackToken;
    #[pymodule_export]
    use crate::policy::CachePolicy;
    #[pymodule_export]
    use crate::port::LoopPort;
    #[pymodule_export]
    use crate::stats::Stats;
    #[pymodule_export]
    use crate::stream_minter::{StreamMinter, StreamParts};
    #[pymodule_export]
    use crate::ticket::Ticket;
    #[pymodule_export]
    use crate::token_minter::TokenMinter;
    #[pymodule_export]
    use crate::verify::{decode, sign, verify, verify_jwt};
    #[pymodule_export]
    use crate::waiter::Waiter;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        crate::interpreter::claim(py)?;
        crate::background::prepare();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        let kinds = PyDict::new(py);
        for kind in ErrorKind::ALL {
            kinds.set_item(kind.code(), (kind.number(), kind.is_retryable(), kind.meaning()))?;
        }
        module.add("ERRORS", PyMappingProxy::new(py, kinds.as_mapping()))?;
        let limits = PyDict::new(py);
        for limit in LIMITS {
            limits.set_item(limit.name, limit.value)?;
        }
        module.add("LIMITS", PyMappingProxy::new(py, limits.as_mapping()))
    }
}

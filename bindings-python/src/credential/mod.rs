//! Short-lived credentials of any service: what describes where they come from, who hands them out, and what a caller
//! gets.

mod described;
pub(crate) mod issued;
pub(crate) mod pending;
pub(crate) mod rest_source;
pub(crate) mod shared;
pub(crate) mod shared_credential;

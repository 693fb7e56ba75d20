//! Short-lived credentials of any service.

mod credential_options;
pub(crate) mod issued;
mod shared_credential;
pub(crate) mod shared_options;

pub use credential_options::*;
pub use issued::*;
pub use shared_credential::*;

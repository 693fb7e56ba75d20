//! Short-lived credentials of any service.

mod credential;
mod credential_options;
pub(crate) mod issued;
pub(crate) mod shared_options;

pub use credential::*;
pub use credential_options::*;
pub use issued::*;

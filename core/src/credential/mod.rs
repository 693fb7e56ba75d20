//! Short-lived credentials of any service: fetched once by a [`RestSource`](crate::RestSource), and shared by all who
//! need one.
//!
//! `shared_credential` is what callers ask, `builder` how it is put together, `fetcher` what joins the source to the cache,
//! `issued` what a caller is handed, and `oauth2` the source of most services. Uses `rest`, and for the cache `fetch`,
//! `account`, `cache` and `fleet`.

mod builder;
mod fetcher;
mod issued;
mod oauth2;
mod shared_credential;

pub use builder::CredentialBuilder;
pub use issued::Issued;
pub use oauth2::oauth2;
pub use shared_credential::{Credential, IssuedFuture};

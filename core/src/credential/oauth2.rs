//! OAuth 2 client credentials (RFC 6749, section 4.4), which most services have.

use crate::error::ErrorKind;
use crate::rest::{Auth, Lifetime, RestSource, RestSourceBuilder};

/// Where nothing is said of a token's lifetime, as the standard allows, it is taken to live for so many seconds.
const UNSAID: u32 = 300;

/// The source of access tokens for a client: further [`form`](RestSourceBuilder::form) fields, such as `scope` or
/// `audience`, can be added. A token whose lifetime is not said counts as one of five minutes.
///
/// # Example
///
/// ```
/// use grantmint_core::{Credential, oauth2};
///
/// let source = oauth2("https://idp.example/oauth/token", "my app", "its secret").form("scope", "read").build()?;
/// let token = Credential::builder(source).build()?;
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[must_use]
pub fn oauth2(
    url: impl Into<String>,
    client_id: impl Into<String>,
    client_secret: impl Into<String>,
) -> RestSourceBuilder {
    let slot = |name: &str| format!("{{{name}}}").into();
    RestSource::builder(url)
        .auth(Auth::BasicForm(slot("client_id"), slot("client_secret")))
        .secret("client_id", client_id)
        .secret("client_secret", client_secret)
        .arguments(&["client_id", "client_secret"])
        .form("grant_type", "client_credentials")
        .value("/access_token")
        .lifetime(Lifetime::Seconds("/expires_in".to_owned()))
        .lifetime(Lifetime::Constant(UNSAID))
        .error("/error")
        .error_code("invalid_client", ErrorKind::UpstreamUnauthorized)
        .error_code("unauthorized_client", ErrorKind::UpstreamForbidden)
        .error_code("temporarily_unavailable", ErrorKind::UpstreamUnavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_as_the_caller_named_it() {
        let argument = |id: &str, secret: &str| {
            let error = oauth2("https://idp.example/token", id, secret).build().unwrap_err();
            error.argument().unwrap().to_owned()
        };
        assert_eq!(argument("", "hush"), "client_id");
        assert_eq!(argument("app", ""), "client_secret");
        assert_eq!(argument("app", "hush\n"), "client_secret");
    }
}

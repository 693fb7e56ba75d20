//! The REST source: an endpoint of short-lived credentials, described and not programmed.

use grantmint_core::{RestSource, RestSourceBuilder, Result, WipedString, oauth2};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::named_text::{grantmint_named_text_t, named_texts};
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// A REST endpoint that hands out short-lived credentials, described and not programmed. One request for
/// each credential: no retry, no redirect, a body of 64 KiB at most. What it is described with is never
/// shown. Credentials and ICE servers keep what they need of it: it may be freed right after they are
/// made.
///
/// ```c
/// grantmint_rest_source_t *source = NULL;
/// grantmint_named_text_t secret = {GRANTMINT_STR("api_key"), GRANTMINT_STR("the secret")};
/// grantmint_str_t described = GRANTMINT_STR(
///     "{\"url\": \"https://api.deepgram.com/v1/auth/grant\","
///     " \"headers\": {\"Authorization\": \"Token {api_key}\"},"
///     " \"json\": {\"ttl_seconds\": \"{ttl:int}\"}, \"ttl\": 30,"
///     " \"value\": \"/access_token\", \"lifetime\": [{\"seconds\": \"/expires_in\"}]}");
/// if (grantmint_rest_source_new(described, &secret, 1, &source, &error) == GRANTMINT_OK) {
///     printf("for grantmint_credential_new\n");
/// }
/// grantmint_rest_source_free(source);
/// ```
pub struct grantmint_rest_source_t {
    source: RestSource,
    description: Description,
}

class!(grantmint_rest_source_t);

/// What a source is made of, for those who add to it.
enum Description {
    Json { text: WipedString, secrets: Vec<(String, WipedString)> },
    OAuth2 { url: String, login: [WipedString; 2], form: Vec<(String, WipedString)> },
}

impl Description {
    fn builder(&self) -> Result<RestSourceBuilder> {
        match self {
            Self::Json { text, secrets } => {
                let builder = RestSource::from_json(text)?;
                let with = |builder: RestSourceBuilder, (name, text): &(String, WipedString)| {
                    builder.secret(name, text.as_str())
                };
                Ok(secrets.iter().fold(builder, with))
            }
            Self::OAuth2 { url, login: [id, secret], form } => {
                let builder = oauth2(url, id.as_str(), secret.as_str());
                let with = |builder: RestSourceBuilder, (name, text): &(String, WipedString)| {
                    builder.form(name, text.as_str())
                };
                Ok(form.iter().fold(builder, with))
            }
        }
    }
}

impl grantmint_rest_source_t {
    fn new(description: Description) -> Result<Self> {
        let source = description.builder()?.build()?;
        Ok(Self { source, description })
    }

    pub(crate) fn source(&self) -> &RestSource {
        &self.source
    }

    /// The same, to add to.
    pub(crate) fn builder(&self) -> Result<RestSourceBuilder> {
        self.description.builder()
    }
}

/// Makes a source. Sends no request.
///
/// `json`: the description, an object. Needed is `url`. `method`: GET, POST by default, or PUT. `auth`:
/// `{"basic": [user, password]}`, `{"basic_form": [user, password]}` as OAuth 2 has it,
/// `{"bearer": token}`, or `{"signed": options}` for a token that is signed for each request: with
/// `secret`, and of `claims`, `header`, `typ`, `algorithm`, `ttl`, `max_ttl`, `iat`, `nbf`, `backdate` and
/// `unique` what is needed, as grantmint_jwt_minter_t has them. `headers`, `query`, `form`, `vars`:
/// objects of texts. `json`: a body. `per`: `shared` by default, `key` for a credential for each key,
/// `call` for one that is used once;
/// `distinct`: true for those of each key that do not name it. `ttl`: the lifetime to ask for in seconds,
/// 1 to 172,800. `answer`: `json` or `text`. `value`: where the credential stands in the answer, a JSON
/// pointer. `lifetime`: a list, tried in order, of `{"seconds": pointer}`, or `minutes`, `milliseconds`,
/// `epoch`, `epoch_ms`, `iso8601`, `rfc2822`, `jwt` in its place, of `"asked"` and `{"constant": seconds}`.
/// `max_lifetime`: in seconds. `ok`: a list of statuses, 200 and 201 by default. `ok_when`: an object of
/// pointers and values. `error`: where an error's code stands; `errors`: what codes mean, one of
/// `bad_request`, `unauthorized`, `forbidden`, `not_found`, `throttled` and `unavailable`. `throttled`: a
/// list of statuses beside 429. `retry_after`: a header and its unit, `s`, `ms`, `epoch` or `epoch_ms`.
/// `exclusive`: true if a new credential ends the one before. `proxy`: a URL. `ca_file`: a path. Texts may
/// have slots in braces: `{ttl}`, `{ttl:int}`, `{key}`, `{now}`, `{now_ms}`, and the names of vars and
/// secrets.
///
/// `secrets`: an array of `count`, by the names of their slots; copied, and wiped when freed. `*out`: the
/// source, to free with `grantmint_rest_source_free`.
///
/// Statuses: `invalid_url`, `invalid_ttl`, `invalid_argument` for an option that is not known, given twice
/// or of another type, for a slot without a text and a text without a slot. The message names the option
/// and no value.
///
/// # Safety
///
/// [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_rest_source_new(
    json: grantmint_str_t,
    secrets: *const grantmint_named_text_t,
    count: usize,
    out: *mut *mut grantmint_rest_source_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [arrays], [outputs]
        let (out, json, secrets) = unsafe {
            (output::object(out)?, json.text("json")?, named_texts(secrets, count, "secrets")?)
        };
        let text = WipedString::from(json.to_owned());
        *out = handle::new(grantmint_rest_source_t::new(Description::Json { text, secrets })?);
        Ok(())
    })
}

/// Makes a source of OAuth 2 access tokens for a client, by its credentials (RFC 6749, section 4.4). Sends
/// no request. A token whose lifetime is not said counts as one of five minutes.
///
/// `url`: the token endpoint. `form`: an array of `count` further fields, such as `scope` and `audience`;
/// copied. `*out`: the source, to free with `grantmint_rest_source_free`.
///
/// ```c
/// grantmint_rest_source_t *source = NULL;
/// grantmint_credential_t *token = NULL;
/// grantmint_named_text_t scope = {GRANTMINT_STR("scope"), GRANTMINT_STR("read")};
/// if (grantmint_rest_source_oauth2(GRANTMINT_STR("https://idp.example/oauth/token"),
///                                  GRANTMINT_STR("my app"), GRANTMINT_STR("its secret"), &scope, 1,
///                                  &source, &error) == GRANTMINT_OK &&
///     grantmint_credential_new(source, NULL, &token, &error) == GRANTMINT_OK) {
///     printf("for grantmint_credential_get\n");
/// }
/// grantmint_credential_free(token);
/// grantmint_rest_source_free(source);
/// ```
///
/// Statuses: as `grantmint_rest_source_new`.
///
/// # Safety
///
/// [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_rest_source_oauth2(
    url: grantmint_str_t,
    client_id: grantmint_str_t,
    client_secret: grantmint_str_t,
    form: *const grantmint_named_text_t,
    count: usize,
    out: *mut *mut grantmint_rest_source_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [arrays], [outputs]
        let (out, url, id, secret, form) = unsafe {
            (
                output::object(out)?,
                url.text("url")?.to_owned(),
                client_id.text("client_id")?,
                client_secret.text("client_secret")?,
                named_texts(form, count, "form")?,
            )
        };
        let login = [id, secret].map(|text| WipedString::from(text.to_owned()));
        *out = handle::new(grantmint_rest_source_t::new(Description::OAuth2 { url, login, form })?);
        Ok(())
    })
}

/// Frees a source; does nothing for null. Who fetches with it goes on.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_rest_source_free(source: *mut grantmint_rest_source_t) {
    // SAFETY: [handles]
    unsafe { handle::free(source) };
}

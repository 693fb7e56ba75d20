//! A REST endpoint of short-lived credentials, as it is described.

use grantmint_core::{RestSourceBuilder, Result, WipedString};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::described::Described;
use crate::argument::{Kind, given, wrong_type};
use crate::error::OrRaise as _;
use crate::flag;
use crate::text::{FilePath, Text};
use crate::time::Ttl;
use crate::unknown;

/// A REST endpoint that hands out short-lived credentials, described and not programmed. A Credential caches what it
/// brings. One request each: no retry, no redirect, a body of 64 KiB at most.
///
/// Texts may have slots: "{name}" stands for one of vars or secrets, "{key}" for what a caller asks for, "{ttl}" for
/// ttl, "{now}" and "{now_ms}" for the time since 1970; "{{" is a brace. In json "{ttl:int}" alone becomes a number.
///
/// Args:
///     url: The endpoint, https, or http on this machine. Its host may have slots of vars, its path any but secrets.
///     method: "POST", "GET" or "PUT"; "POST" if None.
///     auth: What Authorization says: {"basic": (user, password)}, {"basic_form": (user, password)} as OAuth 2 has
///         it, {"bearer": token}, or {"signed": options} for a token that is signed for each request: with secret,
///         and of claims, header, typ, algorithm, ttl, max_ttl, iat, nbf, backdate and unique what is needed, as of
///         JwtMinter.
///     headers: Further headers, a dict of texts.
///     query: Members of the URL's query, a dict of texts.
///     form: Fields of the form in the body, a dict of texts.
///     json: The JSON in the body.
///     vars: The values of slots, a dict of texts. Each has to be used.
///     secrets: The same of secrets, which are never shown and wiped when nothing uses them any more.
///     per: Who may share one credential: "shared" (all callers), "key" (those who give the same key) or "call"
///         (nobody: each is used once); "shared" if None.
///     distinct: With per="key": each key has a credential of its own, though the request is the same for all.
///     ttl: The lifetime to ask for, 1 to 172,800 seconds, or as a timedelta.
///     answer: What an answer is, "json" or "text"; "json" if None.
///     value: Where the credential stands in a JSON answer, as a JSON pointer; the whole answer if None.
///     lifetime: Where the answer says how long its credential lives: a list of {"seconds": pointer}, of the same
///         with minutes, milliseconds, epoch, epoch_ms, iso8601, rfc2822 or jwt, of "asked" and of
///         {"constant": seconds}. The first counts that is there.
///     max_lifetime: The longest lifetime, 1 to 172,800 seconds, or as a timedelta; 86,400 if None. A longer one
///         that comes is cut, with an event.
///     ok: The statuses that a credential comes with; (200, 201) if None.
///     ok_when: What an answer says at a JSON pointer if it holds a credential, for services that answer errors
///         with 200.
///     error: Where an answer that refuses has its code, as a JSON pointer.
///     errors: What such a code means, a dict of "unauthorized", "forbidden", "not_found", "bad_request",
///         "throttled" and "unavailable".
///     throttled: Statuses beside 429 that mean that there were too many requests.
///     retry_after: The header that says when to come back, and "s", "ms", "epoch" or "epoch_ms";
///         ("Retry-After", "s") if None.
///     exclusive: Whether each new credential ends the one before. Then a Credential of it needs a fleet.
///     proxy: The URL of an HTTP proxy. Proxies that the environment names are not used.
///     ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
///
/// Raises:
///     InvalidArgumentError: invalid_url, invalid_ttl, invalid_argument or invalid_utf8. The message names the
///         option, and no value.
///
/// Example:
///     >>> RestSource(
///     ...     "https://{region}.api.cognitive.microsoft.com/sts/v1.0/issueToken",
///     ...     headers={"Ocp-Apim-Subscription-Key": "{resource_key}"},
///     ...     vars={"region": "westeurope"},
///     ...     secrets={"resource_key": "the secret of the resource"},
///     ...     answer="text",
///     ...     lifetime=[{"constant": 600}],
///     ... )
///     RestSource(...)
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct RestSource {
    pub(super) source: grantmint_core::RestSource,
    describe: Describe,
}

/// Describes the source anew.
type Describe = Box<dyn Fn() -> Result<RestSourceBuilder> + Send + Sync>;

impl RestSource {
    fn made(
        py: Python<'_>,
        describe: impl Fn() -> Result<RestSourceBuilder> + Send + Sync + 'static,
    ) -> PyResult<Self> {
        // It may read the file of certificates.
        let source = py.detach(|| describe()?.build()).or_raise()?;
        Ok(Self { source, describe: Box::new(describe) })
    }

    /// The description, to change it.
    pub(crate) fn builder(&self) -> Result<RestSourceBuilder> {
        (self.describe)()
    }
}

#[pymethods]
impl RestSource {
    #[new]
    #[pyo3(
        signature = (
            url,
            *more,
            method=None,
            auth=None,
            headers=None,
            query=None,
            form=None,
            json=None,
            vars=None,
            secrets=None,
            per=None,
            distinct=false,
            ttl=None,
            answer=None,
            value=None,
            lifetime=None,
            max_lifetime=None,
            ok=None,
            ok_when=None,
            error=None,
            errors=None,
            throttled=None,
            retry_after=None,
            exclusive=false,
            proxy=None,
            ca_file=None,
            **unknown
        ),
        text_signature = "(url, *, method=None, auth=None, headers=None, query=None, form=None, json=None, \
                          vars=None, secrets=None, per=None, distinct=False, ttl=None, answer=None, value=None, \
                          lifetime=None, max_lifetime=None, ok=None, ok_when=None, error=None, errors=None, \
                          throttled=None, retry_after=None, exclusive=False, proxy=None, ca_file=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        url: Text<'_>,
        more: &Bound<'_, PyTuple>,
        method: Option<Text<'_>>,
        auth: Option<Bound<'_, PyAny>>,
        headers: Option<Bound<'_, PyAny>>,
        query: Option<Bound<'_, PyAny>>,
        form: Option<Bound<'_, PyAny>>,
        json: Option<Bound<'_, PyAny>>,
        vars: Option<Bound<'_, PyAny>>,
        secrets: Option<Bound<'_, PyAny>>,
        per: Option<Text<'_>>,
        #[pyo3(from_py_with = flag::distinct)] distinct: bool,
        ttl: Option<Ttl<'_>>,
        answer: Option<Text<'_>>,
        value: Option<Text<'_>>,
        lifetime: Option<Bound<'_, PyAny>>,
        max_lifetime: Option<Ttl<'_>>,
        ok: Option<Bound<'_, PyAny>>,
        ok_when: Option<Bound<'_, PyAny>>,
        error: Option<Text<'_>>,
        errors: Option<Bound<'_, PyAny>>,
        throttled: Option<Bound<'_, PyAny>>,
        retry_after: Option<Bound<'_, PyAny>>,
        #[pyo3(from_py_with = flag::exclusive)] exclusive: bool,
        proxy: Option<Text<'_>>,
        ca_file: Option<FilePath<'_>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let mut described = Described::new();
        described.add_text(py, "url", url.named("url")?)?;
        described.add_text_if(py, "method", method)?;
        described.add_text_if(py, "per", per)?;
        described.add_text_if(py, "answer", answer)?;
        described.add_text_if(py, "value", value)?;
        described.add_text_if(py, "error", error)?;
        described.add_text_if(py, "proxy", proxy)?;
        described.add_seconds("ttl", ttl)?;
        described.add_seconds("max_lifetime", max_lifetime)?;
        for (name, is_set) in [("distinct", distinct), ("exclusive", exclusive)] {
            if is_set {
                described.push(name, "true");
            }
        }
        for (name, value) in [
            ("auth", auth),
            ("headers", headers),
            ("query", query),
            ("form", form),
            ("json", json),
            ("vars", vars),
            ("lifetime", lifetime),
            ("ok", ok),
            ("ok_when", ok_when),
            ("errors", errors),
            ("throttled", throttled),
            ("retry_after", retry_after),
        ] {
            described.add(name, value.as_ref())?;
        }
        let json = described.end();
        let secrets = secrets.as_ref().map(pairs_of_secrets).transpose()?.unwrap_or_default();
        let ca_file = given(ca_file, "ca_file")?;
        Self::made(py, move || {
            let builder = with_secrets(grantmint_core::RestSource::from_json(&json)?, &secrets);
            Ok(match &ca_file {
                Some(path) => builder.ca_file(path),
                None => builder,
            })
        })
    }

    /// The object itself, which never changes.
    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    /// The object itself, which never changes.
    #[pyo3(signature = (_memo, /))]
    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        this
    }

    fn __repr__(&self) -> &'static str {
        "RestSource(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a RestSource may hold a secret and is not pickled: make it in each process, from its environment",
        ))
    }
}

/// The source of OAuth 2 access tokens for a client (RFC 6749, section 4.4), which most services have. A token whose
/// lifetime is not said counts as one of five minutes.
///
/// Args:
///     url: The token endpoint.
///     client_id: The client.
///     client_secret: Its secret.
///     scope: The form field scope.
///     form: Further form fields, such as {"audience": "https://api.example.com/"}, a dict of texts.
///     proxy: As of RestSource.
///     ca_file: As of RestSource.
///
/// Raises:
///     InvalidArgumentError: As RestSource.
///
/// Example:
///     >>> source = oauth2("https://idp.example.com/oauth/token", "my app", "its secret", scope="read")
///     >>> token = Credential(source)
#[pyfunction]
#[pyo3(
    signature = (url, client_id, client_secret, *, scope=None, form=None, proxy=None, ca_file=None),
    text_signature = "(url, client_id, client_secret, *, scope=None, form=None, proxy=None, ca_file=None)"
)]
#[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn oauth2(
    py: Python<'_>,
    url: Text<'_>,
    client_id: Text<'_>,
    client_secret: Text<'_>,
    scope: Option<Text<'_>>,
    form: Option<Bound<'_, PyAny>>,
    proxy: Option<Text<'_>>,
    ca_file: Option<FilePath<'_>>,
) -> PyResult<RestSource> {
    let url = url.named("url")?.to_owned();
    let client_id = client_id.named("client_id")?.to_owned();
    let client_secret = WipedString::from(client_secret.named("client_secret")?);
    let mut fields = form.as_ref().map(|form| pairs(form, "form")).transpose()?.unwrap_or_default();
    if let Some(scope) = given(scope, "scope")? {
        fields.insert(0, ("scope".to_owned(), scope.into()));
    }
    let proxy = given(proxy, "proxy")?.map(str::to_owned);
    let ca_file = given(ca_file, "ca_file")?;
    RestSource::made(py, move || {
        let mut builder =
            grantmint_core::oauth2(url.clone(), client_id.clone(), client_secret.as_str());
        for (name, text) in &fields {
            builder = builder.form(name, text.as_str());
        }
        if let Some(proxy) = &proxy {
            builder = builder.proxy(proxy);
        }
        Ok(match &ca_file {
            Some(path) => builder.ca_file(path),
            None => builder,
        })
    })
}

type Pairs = Vec<(String, WipedString)>;

fn with_secrets(builder: RestSourceBuilder, secrets: &Pairs) -> RestSourceBuilder {
    let each = secrets.iter();
    each.fold(builder, |builder, (name, value)| builder.secret(name, value.as_str()))
}

fn pairs_of_secrets(secrets: &Bound<'_, PyAny>) -> PyResult<Pairs> {
    pairs(secrets, "secrets")
}

/// The texts of a dict, by name. No error says what is in it.
fn pairs(texts: &Bound<'_, PyAny>, name: &str) -> PyResult<Pairs> {
    let no_dict = || wrong_type(texts.as_borrowed(), name, "a dict of str", "");
    let texts = texts.cast::<PyDict>().map_err(|_| no_dict())?;
    let named = format!("{name}[…]");
    texts
        .iter()
        .map(|(key, value)| {
            let key =
                Text::Given(key.as_borrowed()).named(&format!("a name in {name}"))?.to_owned();
            Ok((key, Text::Given(value.as_borrowed()).named(&named)?.into()))
        })
        .collect()
}

impl Kind for RestSource {
    type Value<'a> = &'a Self;

    const NEEDED: &'static str = "a RestSource";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<&'a Self> {
        Ok(value.cast::<Self>()?.get())
    }

    fn advice(value: Borrowed<'_, '_, PyAny>, _: &str) -> &'static str {
        if value.is_callable() && !value.is_instance_of::<PyType>() {
            ": a function fetches for GrantCache.get"
        } else {
            ": write RestSource(url, …) or oauth2(url, client_id, client_secret)"
        }
    }
}

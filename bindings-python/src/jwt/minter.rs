//! Many tokens of one kind for any service.

use grantmint_core::{Algorithm, Error, JwtUser};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList, PyString, PyTuple, PyType};

use super::claims;
use super::given::{Given, JsonSlots};
use super::options::{OfIdentity, OfNotBefore, usual_identity};
use super::presets::{self, Preset};
use crate::access_token::advice;
use crate::argument::{Argument, given, wrong_type};
use crate::builder::set_given;
use crate::clock::ManualClock;
use crate::error::OrRaise as _;
use crate::flag;
use crate::json::dumped;
use crate::minted;
use crate::number::Count;
use crate::text::{Text, handed_over};
use crate::time::{Ttl, UnixSeconds};
use crate::unknown;
use crate::verify::SharedSecret;

/// Mints JSON Web Tokens of one kind for any service, signed with HS256, HS384 or HS512: fixed claims, and typed slots
/// for what differs between users. Any number of threads may share a minter. Class methods make it for services that
/// are built in: livekit, livekit_from_env, zoom_video_sdk, jitsi and daily.
///
/// Args:
///     secret: The secret as str or bytes.
///     claims: The claims that all tokens have, a dict. A Slot in it stands for what each token has its own value of.
///         exp, iat and nbf are written by the minter.
///     identity: Where the first argument of a mint stands: the name of a claim, a tuple of names from the top down,
///         or a Slot; each must be there and not empty unless a Slot says otherwise. None for tokens that name nobody.
///     header: Members of the header, such as {"kid": "…"}.
///     typ: typ of the header; left out if None.
///     algorithm: "HS256", "HS384" or "HS512".
///     ttl: The lifetime of each token in seconds, 1 to max_ttl, or as a timedelta; 3,600 if None.
///     max_ttl: The longest lifetime to allow, at most a year; 86,400 seconds if None.
///     iat: Whether tokens say when they were issued.
///     nbf: Whether tokens say that they are valid from their minting on, or from which Unix second or datetime on.
///     backdate: How many seconds iat and nbf are set back, for services whose clocks are behind: at most 300; 0 if
///         None.
///     unique: Whether each token has a jti of its own.
///     clock: A ManualClock, for tests.
///
/// Raises:
///     InvalidArgumentError: invalid_credentials, invalid_ttl, invalid_argument, invalid_identity, limit_exceeded or
///         invalid_utf8. The message names the claim or slot.
///
/// Example:
///     >>> secret = "a secret of at least thirty-two bytes"
///     >>> claims = {"iss": "my-app", "video": {"roomJoin": True, "room": Slot("room", required=True)}}
///     >>> rooms = JwtMinter(secret, claims, ttl=600)
///     >>> content = verify_jwt(rooms.mint("alice", room="DailyStandup"), secret)
///     >>> content.subject, content.claims["video"]
///     ('alice', {'roomJoin': True, 'room': 'DailyStandup'})
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct JwtMinter {
    minter: grantmint_core::JwtMinter,
    json: JsonSlots,
}

#[pymethods]
impl JwtMinter {
    #[new]
    #[pyo3(
        signature = (
            secret,
            claims=None,
            *more,
            identity=Some(Argument::Default(usual_identity())),
            header=None,
            typ=Some(Text::Default("JWT")),
            algorithm=Text::Default("HS256"),
            ttl=None,
            max_ttl=None,
            iat=true,
            nbf=None,
            backdate=None,
            unique=false,
            clock=None,
            **unknown
        ),
        text_signature = "(secret, claims=None, *, identity='sub', header=None, typ='JWT', algorithm='HS256', \
                          ttl=None, max_ttl=None, iat=True, nbf=None, backdate=None, unique=False, clock=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        secret: Argument<'_, SharedSecret>,
        claims: Option<Bound<'_, PyAny>>,
        more: &Bound<'_, PyTuple>,
        identity: Option<Argument<'_, OfIdentity>>,
        header: Option<Bound<'_, PyAny>>,
        typ: Option<Text<'_>>,
        algorithm: Text<'_>,
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        #[pyo3(from_py_with = flag::iat)] iat: bool,
        nbf: Option<Argument<'_, OfNotBefore>>,
        backdate: Option<Count<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let secret = secret.named("secret")?;
        let algorithm = algorithm.named("algorithm")?.parse::<Algorithm>();
        let algorithm = algorithm.map_err(|error: Error| error.with_argument("algorithm"));
        let mut builder = grantmint_core::JwtMinter::builder(secret)
            .algorithm(algorithm.or_raise()?)
            .typ(given(typ, "typ")?)
            .iat(iat)
            .unique(unique);
        builder = match given(identity, "identity")? {
            Some(slot) => builder.identity(slot),
            None => builder.no_identity(),
        };
        if let Some(claims) = &claims {
            builder = claims::add(builder, claims)?;
        }
        if let Some(header) = &header {
            builder = with_header(builder, header)?;
        }
        set_given!(builder, {
            ttl: given(ttl, "ttl")?,
            max_ttl: given(max_ttl, "max_ttl")?,
            nbf: given(nbf, "nbf")?,
            backdate: given(backdate, "backdate")?,
            clock: given(clock, "clock")?,
        });
        builder.build().or_raise().map(Self::of)
    }

    /// Tokens of LiveKit. The slots have the names of its Python library's grants: identity, name, metadata,
    /// attributes, and of the video grant room_join, room, can_publish and so on. Tokens are valid for six hours, from
    /// 10 seconds before their minting on.
    ///
    /// Args:
    ///     api_key: The API key.
    ///     api_secret: Its secret.
    ///     ttl: The lifetime of each token in seconds, 1 to max_ttl, or as a timedelta; 21,600 if None.
    ///     max_ttl: As of JwtMinter.
    ///     backdate: As of JwtMinter; 10 if None.
    ///     unique: As of JwtMinter.
    ///     clock: A ManualClock, for tests.
    ///     slots: Values that all tokens share, such as room_join=True.
    ///
    /// Raises:
    ///     InvalidArgumentError: As JwtMinter.
    ///
    /// Example:
    ///     >>> joins = JwtMinter.livekit("APIkey", "a secret of at least thirty-two bytes", room_join=True)
    ///     >>> jwt = joins.mint("alice", room="DailyStandup", name="Alice", can_publish=False)
    #[classmethod]
    #[pyo3(
        signature = (
            api_key, api_secret, *, ttl=None, max_ttl=None, backdate=None, unique=false, clock=None, **slots
        ),
        text_signature = "($cls, api_key, api_secret, *, ttl=None, max_ttl=None, backdate=None, unique=False, \
                          clock=None, **slots)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn livekit(
        _class: &Bound<'_, PyType>,
        api_key: Text<'_>,
        api_secret: Text<'_>,
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        backdate: Option<Count<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        slots: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (api_key, api_secret) = (api_key.named("api_key")?, api_secret.named("api_secret")?);
        let builder = grantmint_core::JwtMinter::livekit(api_key, api_secret);
        let options = Preset::read(ttl, max_ttl, backdate, unique, clock)?;
        presets::made(builder, options, slots).map(Self::of)
    }

    /// As livekit, with the key of the variables LIVEKIT_API_KEY and LIVEKIT_API_SECRET.
    ///
    /// Args:
    ///     ttl: As of livekit.
    ///     max_ttl: As of JwtMinter.
    ///     backdate: As of livekit.
    ///     unique: As of JwtMinter.
    ///     clock: A ManualClock, for tests.
    ///     slots: As of livekit.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_credentials names a variable that is missing; otherwise as livekit.
    #[classmethod]
    #[pyo3(
        signature = (*, ttl=None, max_ttl=None, backdate=None, unique=false, clock=None, **slots),
        text_signature = "($cls, *, ttl=None, max_ttl=None, backdate=None, unique=False, clock=None, **slots)"
    )]
    fn livekit_from_env(
        _class: &Bound<'_, PyType>,
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        backdate: Option<Count<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        slots: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let builder = grantmint_core::JwtMinter::livekit_from_env().or_raise()?;
        let options = Preset::read(ttl, max_ttl, backdate, unique, clock)?;
        presets::made(builder, options, slots).map(Self::of)
    }

    /// Tokens of Zoom's Video SDK. The slots have the names of its claims: tpc, the session's name, and role_type, 1 for
    /// a host and 0 for a participant, are required. The identity is user_identity; a user_key may stand in its place.
    ///
    /// Args:
    ///     sdk_key: The SDK key.
    ///     sdk_secret: Its secret.
    ///     ttl: The lifetime of each token, 1,800 to 172,800 seconds, or as a timedelta; 7,200 if None.
    ///     max_ttl: As of JwtMinter; 172,800 if None.
    ///     backdate: As of JwtMinter.
    ///     unique: As of JwtMinter.
    ///     clock: A ManualClock, for tests.
    ///     slots: Values that all tokens share, such as role_type=0.
    ///
    /// Raises:
    ///     InvalidArgumentError: As JwtMinter.
    ///
    /// Example:
    ///     >>> secret = "a secret of at least thirty-two bytes"
    ///     >>> hosts = JwtMinter.zoom_video_sdk("sdk-key", secret, role_type=1)
    ///     >>> jwt = hosts.mint("bob", tpc="Cool Cars")
    #[classmethod]
    #[pyo3(
        signature = (
            sdk_key, sdk_secret, *, ttl=None, max_ttl=None, backdate=None, unique=false, clock=None, **slots
        ),
        text_signature = "($cls, sdk_key, sdk_secret, *, ttl=None, max_ttl=None, backdate=None, unique=False, \
                          clock=None, **slots)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn zoom_video_sdk(
        _class: &Bound<'_, PyType>,
        sdk_key: Text<'_>,
        sdk_secret: Text<'_>,
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        backdate: Option<Count<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        slots: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (sdk_key, sdk_secret) = (sdk_key.named("sdk_key")?, sdk_secret.named("sdk_secret")?);
        let builder = grantmint_core::JwtMinter::zoom_video_sdk(sdk_key, sdk_secret);
        let options = Preset::read(ttl, max_ttl, backdate, unique, clock)?;
        presets::made(builder, options, slots).map(Self::of)
    }

    /// Tokens of a Jitsi Meet of your own. The slots are room, which is required and may be "*", and of the user
    /// identity (its id), name, email, avatar, moderator and affiliation; beside it group and features. What makes a
    /// moderator depends on the deployment's plugins: some read moderator, some affiliation.
    ///
    /// Args:
    ///     app_id: The app_id of the deployment.
    ///     app_secret: Its app_secret.
    ///     aud: The audience that it accepts, "jitsi" for most.
    ///     sub: Its domain or tenant, in lower case.
    ///     ttl: As of JwtMinter.
    ///     max_ttl: As of JwtMinter.
    ///     backdate: As of JwtMinter; 10 if None.
    ///     unique: As of JwtMinter.
    ///     clock: A ManualClock, for tests.
    ///     slots: Values that all tokens share.
    ///
    /// Raises:
    ///     InvalidArgumentError: As JwtMinter.
    ///
    /// Example:
    ///     >>> secret = "a secret of at least thirty-two bytes"
    ///     >>> rooms = JwtMinter.jitsi("my_client", secret, "jitsi", "meet.example.com")
    ///     >>> jwt = rooms.mint("alice", room="standup", moderator=True)
    #[classmethod]
    #[pyo3(
        signature = (
            app_id, app_secret, aud, sub, *, ttl=None, max_ttl=None, backdate=None, unique=false, clock=None, **slots
        ),
        text_signature = "($cls, app_id, app_secret, aud, sub, *, ttl=None, max_ttl=None, backdate=None, \
                          unique=False, clock=None, **slots)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn jitsi(
        _class: &Bound<'_, PyType>,
        app_id: Text<'_>,
        app_secret: Text<'_>,
        aud: Text<'_>,
        sub: Text<'_>,
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        backdate: Option<Count<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        slots: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (app_id, app_secret) = (app_id.named("app_id")?, app_secret.named("app_secret")?);
        let (aud, sub) = (aud.named("aud")?, sub.named("sub")?);
        let builder = grantmint_core::JwtMinter::jitsi(app_id, app_secret, aud, sub);
        let options = Preset::read(ttl, max_ttl, backdate, unique, clock)?;
        presets::made(builder, options, slots).map(Self::of)
    }

    /// Self-signed meeting tokens of Daily, signed with the API key. The slots have the names of its REST API:
    /// room_name is required, as a token without it opens every room; the identity is user_id.
    ///
    /// Args:
    ///     domain_id: The ID of the domain.
    ///     api_key: Its API key.
    ///     ttl: As of JwtMinter.
    ///     max_ttl: As of JwtMinter.
    ///     backdate: As of JwtMinter.
    ///     unique: As of JwtMinter.
    ///     clock: A ManualClock, for tests.
    ///     slots: Values that all tokens share.
    ///
    /// Raises:
    ///     InvalidArgumentError: As JwtMinter.
    ///
    /// Example:
    ///     >>> rooms = JwtMinter.daily("the ID of the domain", "the API key of the domain, which is long")
    ///     >>> jwt = rooms.mint("alice", room_name="standup", is_owner=True)
    #[classmethod]
    #[pyo3(
        signature = (
            domain_id, api_key, *, ttl=None, max_ttl=None, backdate=None, unique=false, clock=None, **slots
        ),
        text_signature = "($cls, domain_id, api_key, *, ttl=None, max_ttl=None, backdate=None, unique=False, \
                          clock=None, **slots)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn daily(
        _class: &Bound<'_, PyType>,
        domain_id: Text<'_>,
        api_key: Text<'_>,
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        backdate: Option<Count<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        slots: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (domain_id, api_key) = (domain_id.named("domain_id")?, api_key.named("api_key")?);
        let builder = grantmint_core::JwtMinter::daily(domain_id, api_key);
        let options = Preset::read(ttl, max_ttl, backdate, unique, clock)?;
        presets::made(builder, options, slots).map(Self::of)
    }

    /// The token of one user, issued now.
    ///
    /// Args:
    ///     identity: Whom it is for; None if tokens of this kind need nobody.
    ///     slots: The values of the slots, by name.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_identity, invalid_argument for a value that is of the wrong type, too long or
    ///         not allowed, and for a slot that is missing or unknown; limit_exceeded or invalid_utf8. The message names
    ///         the slot.
    #[pyo3(signature = (identity=None, /, **slots), text_signature = "($self, identity=None, /, **slots)")]
    fn mint<'py>(
        &self,
        py: Python<'py>,
        identity: Option<Text<'_>>,
        slots: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyString>> {
        let identity = given(identity, "identity")?;
        let Some(slots) = slots else {
            return minted::copied(py, |take| self.minter.mint_parts(identity, &[], take));
        };
        let slots = Given::new(slots, &self.json)?;
        let values = slots.values()?;
        minted::copied(py, |take| self.minter.mint_parts(identity, &values, take))
    }

    /// The token of one user, issued at a time that the caller chooses.
    ///
    /// Args:
    ///     identity: As of mint.
    ///     now: Unix seconds, or a datetime.
    ///     slots: As of mint.
    ///
    /// Raises:
    ///     InvalidArgumentError: As of mint; invalid_argument for a time after the year 9999.
    #[pyo3(signature = (identity, now, /, **slots), text_signature = "($self, identity, now, /, **slots)")]
    fn mint_at<'py>(
        &self,
        py: Python<'py>,
        identity: Option<Text<'_>>,
        now: UnixSeconds<'_>,
        slots: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyString>> {
        let (identity, now) = (given(identity, "identity")?, now.named("now")?);
        let slots = slots.map(|slots| Given::new(slots, &self.json)).transpose()?;
        let values = slots.as_ref().map(Given::values).transpose()?.unwrap_or_default();
        Ok(handed_over(py, self.minter.mint_at(identity, &values, now).or_raise()?))
    }

    /// One token for each user, all issued in the same second. If one fails, none is returned.
    ///
    /// Args:
    ///     users: Any iterable of dicts, each with the values of the slots by name and the "identity".
    ///
    /// Raises:
    ///     InvalidArgumentError: As of mint, with the index before the slot.
    fn mint_many<'py>(
        &self,
        py: Python<'py>,
        users: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let users = several(users)?
            .enumerate()
            .map(|(index, user)| {
                let user = claims::dict(&user?, &format!("users[{index}]"))?;
                Given::new(&user, &self.json)
            })
            .collect::<PyResult<Vec<_>>>()?;
        let slots = users.iter().map(Given::values).collect::<PyResult<Vec<_>>>()?;
        let users: Vec<_> = slots.iter().map(|slots| JwtUser { identity: None, slots }).collect();
        let mut tokens = Vec::with_capacity(users.len());
        let mut text = grantmint_core::WipedString::new();
        let each = self.minter.mint_each(&users, |parts| {
            text.set(parts);
            tokens.push(PyString::new(py, &text));
        });
        each.or_raise()?;
        PyList::new(py, tokens)
    }

    /// A minter whose slots of these names have their values already, prepared as fixed claims are: for all the users of
    /// one room.
    ///
    /// Args:
    ///     slots: The values, by name.
    ///
    /// Raises:
    ///     InvalidArgumentError: As of mint.
    #[pyo3(signature = (**slots), text_signature = "($self, **slots)")]
    fn bind(&self, slots: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let slots = slots.map(|slots| Given::new(slots, &self.json)).transpose()?;
        let values = slots.as_ref().map(Given::values).transpose()?.unwrap_or_default();
        self.minter.bind(&values).or_raise().map(Self::of)
    }

    /// Advice about these tokens, as pairs of a stable code and a message; empty for most. The codes are short_secret,
    /// token_long, zoom_ttl, zoom_topic_long and jitsi_room_case.
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        advice(py, self.minter.warnings())
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
        "JwtMinter(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a JwtMinter holds a secret and is not pickled: make it in each process",
        ))
    }
}

impl JwtMinter {
    pub(super) fn of(minter: grantmint_core::JwtMinter) -> Self {
        let json = JsonSlots::of(minter.slots());
        Self { minter, json }
    }
}

/// With the members of a `header=` argument.
fn with_header(
    mut builder: grantmint_core::JwtMinterBuilder,
    header: &Bound<'_, PyAny>,
) -> PyResult<grantmint_core::JwtMinterBuilder> {
    for (name, value) in &claims::dict(header, "header")? {
        let name = Text::Given(name.as_borrowed()).named("a name in header")?;
        let kind = grantmint_core::ErrorKind::InvalidArgument;
        let json = dumped(&value, &format!("header.{name}"), kind)?;
        builder = builder.header(name, grantmint_core::SlotValue::Json(&json));
    }
    Ok(builder)
}

/// The `users`, one by one. A single dict would be taken for its keys.
fn several<'py>(users: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    const NEEDED: &str = r#"a list of dicts, each with "identity""#;
    let is_one = users.is_instance_of::<PyDict>()
        || users.is_instance_of::<PyString>()
        || users.is_instance_of::<PyBytes>();
    let refused = || wrong_type(users.as_borrowed(), "users", NEEDED, "");
    if is_one {
        return Err(refused());
    }
    users.try_iter().map_err(|_| refused())
}

//! The headers of a request: what a source was given, and what it says of itself.

use zeroize::Zeroizing;

use base64::engine::general_purpose::STANDARD;

use super::choices::{Auth, Format};
use super::encoding::Encoding;
use super::options::Pair;
use super::signed::GivenAuth;
use super::slots::{Place, Slots, is_of_header, refused};
use super::template::{Fields, Late, Values};
use crate::base64_text;
use crate::error::Result;
use crate::jwt::JwtMinter;
use crate::upstream::push_form_encoded;
use crate::wiped::WipedString;

/// What HTTP itself needs to say, or must not be said here.
const OWN: [&str; 11] = [
    "host",
    "connection",
    "te",
    "cookie",
    "transfer-encoding",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
    "user-agent",
    "proxy-authorization",
];

pub(super) struct Headers {
    given: Fields,
    auth: Option<Credentials>,
    accept: Option<&'static str>,
}

enum Credentials {
    Basic(WipedString, WipedString, Encoded),
    Bearer(WipedString),
    Signed(JwtMinter),
}

#[derive(Clone, Copy)]
enum Encoded {
    AsItIs,
    AsForm,
}

impl Headers {
    pub(super) fn new(
        pairs: &[Pair],
        auth: Option<&GivenAuth>,
        answer: Format,
        slots: &mut Slots,
    ) -> Result<Self> {
        let mut given = Fields::new();
        for (name, value) in pairs {
            let name = name.to_ascii_lowercase();
            if !is_token(&name) {
                return Err(refused(
                    "headers",
                    "must have names of RFC 9110: letters, digits and -",
                ));
            }
            if OWN.contains(&&*name) || name.starts_with("content-") {
                return Err(refused("headers", "must not have a header that HTTP itself sets"));
            }
            if name == "authorization" && auth.is_some() {
                return Err(refused("headers", "must not have Authorization beside auth"));
            }
            if given.iter().any(|(other, _)| *other == name) {
                return Err(refused("headers", "must have each name once"));
            }
            given.push((name, slots.fill("headers", value, Place::Header)?));
        }
        let says = |name: &str| given.iter().any(|(other, _)| other == name);
        let accept = (!says("accept")).then_some(match answer {
            Format::Json => "application/json",
            Format::Text => "*/*",
        });
        let auth = auth.map(|auth| Credentials::new(auth, slots)).transpose()?;
        Ok(Self { given, auth, accept })
    }

    pub(super) fn has(&self, late: Late) -> bool {
        self.given.iter().any(|(_, value)| value.has(late))
    }

    /// What `accept` says follows from what an answer is.
    pub(super) fn encode(&self, encoding: &mut Encoding) {
        self.encode_auth(encoding);
        encoding.fields(&self.given);
    }

    /// What upstream knows the caller by.
    pub(super) fn encode_caller(&self, encoding: &mut Encoding) {
        self.encode_auth(encoding);
        let own = self.given.iter().find(|(name, _)| name == "authorization");
        encoding.count(own.iter().len());
        own.iter().for_each(|(_, value)| encoding.template(value));
    }

    fn encode_auth(&self, encoding: &mut Encoding) {
        match &self.auth {
            None => encoding.text("none"),
            Some(auth) => auth.encode(encoding),
        }
    }

    /// The names and values of one request.
    pub(super) fn filled(&self, values: &Values<'_>) -> Result<Vec<(&str, WipedString)>> {
        let mut headers: Vec<(&str, WipedString)> = Vec::new();
        if let Some(auth) = &self.auth {
            headers.push(("authorization", auth.filled()?));
        }
        if let Some(accept) = self.accept {
            headers.push(("accept", WipedString::from(accept.to_owned())));
        }
        for (name, value) in &self.given {
            headers.push((name, value.filled(values)));
        }
        match headers.iter().all(|(_, value)| is_of_header(value)) {
            true => Ok(headers),
            false => Err(refused(
                "key",
                "must have visible ASCII characters where it stands in a header",
            )),
        }
    }
}

impl Credentials {
    fn new(auth: &GivenAuth, slots: &mut Slots) -> Result<Self> {
        let auth = match auth {
            GivenAuth::Auth(auth) => auth,
            GivenAuth::Signed(described) => &Auth::Signed(described.minter(slots)?),
        };
        let mut fill = |text: &WipedString| slots.known("auth", text);
        Ok(match auth {
            Auth::Basic(user, password) => {
                let (user, password) = (fill(user)?, fill(password)?);
                if user.contains(':') {
                    return Err(refused("auth", "must not have a colon in the user of Basic"));
                }
                Self::Basic(user, password, Encoded::AsItIs)
            }
            Auth::BasicForm(user, password) => {
                Self::Basic(fill(user)?, fill(password)?, Encoded::AsForm)
            }
            Auth::Bearer(token) => {
                let token = fill(token)?;
                if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(refused(
                        "auth",
                        "must have visible ASCII characters in the token of Bearer",
                    ));
                }
                Self::Bearer(token)
            }
            Auth::Signed(minter) => {
                minter.mint_parts(None, &[], |_| ()).map_err(|error| {
                    refused("auth", &format!("signs a token for nobody, and {}", error.message()))
                })?;
                Self::Signed(minter.clone())
            }
        })
    }

    fn encode(&self, encoding: &mut Encoding) {
        match self {
            Self::Basic(user, password, how) => {
                encoding.text(match how {
                    Encoded::AsItIs => "basic",
                    Encoded::AsForm => "basic_form",
                });
                encoding.text(user);
                encoding.text(password);
            }
            Self::Bearer(token) => {
                encoding.text("bearer");
                encoding.text(token);
            }
            Self::Signed(minter) => {
                encoding.text("signed");
                encode_minter(encoding, minter);
            }
        }
    }

    fn filled(&self) -> Result<WipedString> {
        let mut header = WipedString::new();
        match self {
            Self::Signed(minter) => {
                header.push_str("Bearer ");
                minter.mint_parts(None, &[], |parts| {
                    parts.iter().for_each(|part| header.push_str(part));
                })?;
            }
            Self::Bearer(token) => {
                header.push_str("Bearer ");
                header.push_str(token);
            }
            Self::Basic(user, password, how) => {
                let mut pair = WipedString::new();
                push_as(&mut pair, user, *how);
                pair.push(':');
                push_as(&mut pair, password, *how);
                let mut basic =
                    Zeroizing::new(String::with_capacity(8 + pair.len().div_ceil(3) * 4));
                basic.push_str("Basic ");
                base64_text::push(&STANDARD, pair.as_bytes(), &mut basic);
                header.push_str(&basic);
            }
        }
        Ok(header)
    }
}

/// By all that its tokens say but the time and their own name.
fn encode_minter(encoding: &mut Encoding, minter: &JwtMinter) {
    let Some(sample) = minter.sample() else { return encoding.count(0) };
    for members in [sample.token.header(), sample.token.claims()] {
        encoding.members(members.iter(), Encoding::json);
    }
    encoding.truth(sample.is_unique);
    encoding.text(&sample.secret);
}

fn push_as(text: &mut WipedString, part: &str, how: Encoded) {
    match how {
        Encoded::AsItIs => text.push_str(part),
        Encoded::AsForm => push_form_encoded(text, part),
    }
}

/// Whether a text may be the name of a header.
pub(super) fn is_token(name: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= 64 && name.bytes().all(is_of_token)
}

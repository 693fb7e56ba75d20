//! The grants. Each is checked when it is made, with the checks that a token would make.

use grantmint_core::{AccessTokenGrant, Error, Json, WipedString};
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

use crate::error::{OrThrow as _, Result};
use crate::hot::wiped::Wiped;

/// The native part of any grant.
#[napi]
pub struct Grant {
    pub(crate) grant: AccessTokenGrant,
}

impl Grant {
    fn checked(grant: impl Into<AccessTokenGrant>) -> Result<Self> {
        let grant = grant.into();
        grant.check().map_err(|error| of_option(&error)).or_throw()?;
        Ok(Self { grant })
    }
}

/// An error about `chat.service_sid` by the name of the option, `service_sid`.
fn of_option(error: &Error) -> Error {
    let argument = error.argument().and_then(|argument| argument.rsplit('.').next());
    argument.map_or_else(|| error.clone(), |option| error.with_argument(option))
}

/// JSON that is the value of an option.
fn json(text: String, option: &str) -> Result<Json> {
    Json::parse(&WipedString::from(text)).map_err(|error| error.with_argument(option)).or_throw()
}

/// The grants whose fields are all optional texts: a struct of options, and the function that makes
/// the grant.
macro_rules! text_grants {
    ($($(#[$doc:meta])* $options:ident -> $function:ident: $name:ident { $($field:ident),+ })*) => {
        $($(#[$doc])*
        #[napi(object, object_to_js = false)]
        pub struct $options {
            $(#[allow(missing_docs, reason = "Twilio's own name")]
            pub $field: Option<String>,)+
        }

        $(#[$doc])*
        #[napi(catch_unwind)]
        pub fn $function(options: $options) -> Result<Grant> {
            let grant = grantmint_core::$name::new();
            $(let grant = match options.$field {
                Some(text) => grant.$field(text),
                None => grant,
            };)+
            Grant::checked(grant)
        })*
    };
}

text_grants! {
    /// Rooms of Programmable Video.
    VideoOptions -> video_grant: VideoGrant { room }
    /// Chat and Conversations.
    ChatOptions -> chat_grant: ChatGrant {
        service_sid, endpoint_id, deployment_role_sid, push_credential_sid
    }
    /// The predecessor of chat.
    IpMessagingOptions -> ip_messaging_grant: IpMessagingGrant {
        service_sid, endpoint_id, deployment_role_sid, push_credential_sid
    }
    /// Sync.
    SyncOptions -> sync_grant: SyncGrant { service_sid, endpoint_id }
    /// TaskRouter and Flex.
    TaskRouterOptions -> task_router_grant: TaskRouterGrant { workspace_sid, worker_sid, role }
    /// The predecessor of rooms.
    RtcOptions -> rtc_grant: RtcGrant { configuration_profile_sid }
}

/// Calls from and to a browser or app.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "Twilio's own names")]
pub struct VoiceOptions {
    pub incoming_allow: Option<bool>,
    pub outgoing_application_sid: Option<String>,
    /// As JSON.
    pub outgoing_application_params: Option<String>,
    pub push_credential_sid: Option<String>,
    pub endpoint_id: Option<String>,
}

/// Calls from and to a browser or app.
#[napi(catch_unwind)]
pub fn voice_grant(options: VoiceOptions) -> Result<Grant> {
    let grant = grantmint_core::VoiceGrant::new()
        .incoming_allow(options.incoming_allow.unwrap_or(false))
        .outgoing_application_sid(options.outgoing_application_sid.unwrap_or_default())
        .push_credential_sid(options.push_credential_sid.unwrap_or_default())
        .endpoint_id(options.endpoint_id.unwrap_or_default());
    Grant::checked(match options.outgoing_application_params {
        Some(params) => {
            grant.outgoing_application_params(json(params, "outgoing_application_params")?)
        }
        None => grant,
    })
}

/// One live stream, as JSON.
#[napi(catch_unwind)]
pub fn playback_grant(grant: String) -> Result<Grant> {
    let grant = grantmint_core::PlaybackGrant::from_json(&WipedString::from(grant));
    Grant::checked(grant.map_err(|error| error.with_argument("grant")).or_throw()?)
}

/// Any JSON under a key of its own.
#[napi(catch_unwind)]
pub fn custom_grant(key: String, value: String) -> Result<Grant> {
    let json = json(value, "value")?;
    Grant::checked(grantmint_core::CustomGrant::new(key, json).or_throw()?)
}

#[napi]
impl Grant {
    /// The name under which it stands in a token.
    #[napi(catch_unwind, getter)]
    pub fn key(&self) -> String {
        self.grant.key().to_owned()
    }

    /// The JSON that stands under that name.
    #[napi(catch_unwind)]
    pub fn to_json(&self) -> Result<Wiped> {
        self.grant.to_json().or_throw().map(Wiped::from)
    }
}

/// The grants of a `grants` option.
pub(crate) fn all(grants: &[ClassInstance<'_, Grant>]) -> Vec<AccessTokenGrant> {
    grants.iter().map(|grant| grant.grant.clone()).collect()
}

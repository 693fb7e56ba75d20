//! Further grants: `--with KIND:K=V[,K=V]`, and those under a key of the user's choice.

use grantmint_core::{
    AccessTokenGrant, ChatGrant, CustomGrant, Json, SyncGrant, TaskRouterGrant, VideoGrant,
    VoiceGrant,
};

use crate::exit::Failure;

/// The kinds and their fields, as core and Twilio's helper libraries name them.
const KINDS: [(&str, &[&str]); 5] = [
    ("video", &["room"]),
    (
        "voice",
        &["outgoing_application_sid", "incoming_allow", "push_credential_sid", "endpoint_id"],
    ),
    ("chat", &["service_sid", "endpoint_id", "deployment_role_sid", "push_credential_sid"]),
    ("sync", &["service_sid", "endpoint_id"]),
    ("taskrouter", &["workspace_sid", "worker_sid", "role"]),
];

/// The grant of one `--with`.
pub(super) fn further(text: &str) -> Result<AccessTokenGrant, Failure> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    if kind == "custom" {
        return custom("--with custom", rest);
    }
    let Some((kind, known)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        let kinds = KINDS.map(|(kind, _)| kind).join(", ");
        return Err(Failure::failed(format!(
            "--with: unknown grant; there are {kinds} and custom"
        )));
    };
    let fields = Fields::of(kind, known, rest)?;
    let grant: AccessTokenGrant = match *kind {
        "video" => fields.fold(VideoGrant::new(), |grant, _, room| Ok(grant.room(room)))?.into(),
        "voice" => fields.fold(VoiceGrant::new(), voice)?.into(),
        "chat" => fields.fold(ChatGrant::new(), chat)?.into(),
        "sync" => fields.fold(SyncGrant::new(), sync)?.into(),
        _ => fields.fold(TaskRouterGrant::new(), task_router)?.into(),
    };
    grant.check().map_err(|error| {
        let argument = error.argument().unwrap_or(kind).to_owned();
        Failure::from(error.with_argument(&format!("--with {argument}")))
    })?;
    Ok(grant)
}

/// `KEY=JSON`.
pub(super) fn custom(flag: &str, text: &str) -> Result<AccessTokenGrant, Failure> {
    let wrong = |what: &str| Failure::failed(format!("{flag}: {what}"));
    let (key, json) = text.split_once('=').ok_or_else(|| wrong("must be KEY=JSON"))?;
    let json = Json::parse(json)
        .map_err(|_| wrong("what stands behind = must be JSON, at most 64 KiB"))?;
    CustomGrant::new(key, json).map(Into::into).map_err(|error| wrong(error.message()))
}

/// The fields that were given, each known and once.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    fn of(kind: &str, known: &[&str], text: &'a str) -> Result<Self, Failure> {
        let wrong = |what: String| Err(Failure::failed(format!("--with {kind}: {what}")));
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let Some((name, value)) = part.split_once('=').filter(|(_, value)| !value.is_empty())
            else {
                return wrong("each field must be NAME=VALUE".to_owned());
            };
            if !known.contains(&name) {
                return wrong(format!("unknown field; there are: {}", known.join(", ")));
            }
            if fields.iter().any(|(other, _)| *other == name) {
                return wrong(format!("{name} is there twice"));
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    fn fold<G>(
        &self,
        grant: G,
        set: impl Fn(G, &str, &str) -> Result<G, Failure>,
    ) -> Result<G, Failure> {
        self.0.iter().try_fold(grant, |grant, (name, value)| set(grant, name, value))
    }
}

fn voice(grant: VoiceGrant, name: &str, value: &str) -> Result<VoiceGrant, Failure> {
    Ok(match name {
        "outgoing_application_sid" => grant.outgoing_application_sid(value),
        "push_credential_sid" => grant.push_credential_sid(value),
        "endpoint_id" => grant.endpoint_id(value),
        _ => match value {
            "true" => grant.incoming_allow(true),
            "false" => grant.incoming_allow(false),
            _ => return Err(Failure::failed("--with voice: incoming_allow must be true or false")),
        },
    })
}

fn chat(grant: ChatGrant, name: &str, value: &str) -> Result<ChatGrant, Failure> {
    Ok(match name {
        "service_sid" => grant.service_sid(value),
        "endpoint_id" => grant.endpoint_id(value),
        "deployment_role_sid" => grant.deployment_role_sid(value),
        _ => grant.push_credential_sid(value),
    })
}

fn sync(grant: SyncGrant, name: &str, value: &str) -> Result<SyncGrant, Failure> {
    Ok(match name {
        "service_sid" => grant.service_sid(value),
        _ => grant.endpoint_id(value),
    })
}

fn task_router(
    grant: TaskRouterGrant,
    name: &str,
    value: &str,
) -> Result<TaskRouterGrant, Failure> {
    Ok(match name {
        "workspace_sid" => grant.workspace_sid(value),
        "worker_sid" => grant.worker_sid(value),
        _ => grant.role(value),
    })
}

use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::json::Json;

fn json_of(grant: impl Into<AccessTokenGrant>) -> String {
    grant.into().to_json().unwrap()
}

fn sid(prefix: &str) -> String {
    format!("{prefix}{}", "0a".repeat(16))
}

#[test]
fn every_field_stands_where_twilio_puts_it() {
    let params = Json::parse(r#"{"b":1,"a":"å"}"#).unwrap();
    let voice = VoiceGrant::new()
        .incoming_allow(true)
        .outgoing_application_sid(sid("AP"))
        .outgoing_application_params(params)
        .push_credential_sid(sid("CR"))
        .endpoint_id("ep");
    let (ap, cr) = (sid("AP"), sid("CR"));
    let params = r#""params":{"b":1,"a":"å"}"#;
    let rest = format!(r#""push_credential_sid":"{cr}","endpoint_id":"ep""#);
    assert_eq!(
        json_of(voice),
        format!(
            r#"{{"incoming":{{"allow":true}},"outgoing":{{"application_sid":"{ap}",{params}}},{rest}}}"#
        )
    );
    let (is, rl) = (sid("IS"), sid("RL"));
    let push = format!(r#""push_credential_sid":"{cr}""#);
    let chat = ChatGrant::new()
        .service_sid(&is)
        .endpoint_id("a\"b")
        .deployment_role_sid(&rl)
        .push_credential_sid(&cr);
    assert_eq!(
        json_of(chat),
        format!(
            r#"{{"service_sid":"{is}","endpoint_id":"a\"b","deployment_role_sid":"{rl}",{push}}}"#
        )
    );
    let task = TaskRouterGrant::new().workspace_sid(sid("WS")).worker_sid(sid("WK")).role("worker");
    let (ws, wk) = (sid("WS"), sid("WK"));
    assert_eq!(
        json_of(task),
        format!(r#"{{"workspace_sid":"{ws}","worker_sid":"{wk}","role":"worker"}}"#)
    );
    let sync = SyncGrant::new().service_sid(&is).endpoint_id("e");
    assert_eq!(json_of(sync), format!(r#"{{"service_sid":"{is}","endpoint_id":"e"}}"#));
    let rtc = RtcGrant::new().configuration_profile_sid(sid("CP"));
    assert_eq!(json_of(rtc), format!(r#"{{"configuration_profile_sid":"{}"}}"#, sid("CP")));
}

#[test]
fn what_is_not_set_is_left_out() {
    let params = || Json::parse(r#"{"a":1}"#).unwrap();
    let application = || VoiceGrant::new().outgoing_application_sid(sid("AP"));
    let bare = format!(r#"{{"outgoing":{{"application_sid":"{}"}}}}"#, sid("AP"));
    assert_eq!(json_of(VideoGrant::new().room("")), "{}");
    assert_eq!(json_of(VoiceGrant::new().incoming_allow(false).endpoint_id("")), "{}");
    assert_eq!(json_of(VoiceGrant::new().outgoing_application_params(params())), "{}");
    assert_eq!(json_of(application()), bare);
    for empty in ["{}", "[ ]", "null", "\"\""] {
        let empty = Json::parse(empty).unwrap();
        assert_eq!(json_of(application().outgoing_application_params(empty)), bare);
    }
    assert_eq!(json_of(ChatGrant::new().service_sid("")), "{}");
    assert_eq!(json_of(IpMessagingGrant::new()), "{}");
    assert_eq!(json_of(SyncGrant::new()), "{}");
    assert_eq!(json_of(TaskRouterGrant::new()), "{}");
    assert_eq!(json_of(RtcGrant::new()), "{}");
}

#[test]
fn a_malformed_sid_is_refused_by_the_name_of_its_field() {
    let wrong: [(AccessTokenGrant, &str); 6] = [
        (
            VoiceGrant::new().outgoing_application_sid("AP1").into(),
            "voice.outgoing_application_sid",
        ),
        (VoiceGrant::new().push_credential_sid("hush").into(), "voice.push_credential_sid"),
        (ChatGrant::new().service_sid(sid("AC")).into(), "chat.service_sid"),
        (SyncGrant::new().service_sid("IS").into(), "data_sync.service_sid"),
        (TaskRouterGrant::new().worker_sid(sid("WS")).into(), "task_router.worker_sid"),
        (RtcGrant::new().configuration_profile_sid("CP").into(), "rtc.configuration_profile_sid"),
    ];
    for (grant, field) in wrong {
        let error = grant.to_json().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSid);
        assert!(error.message().starts_with(field) && !error.message().contains("hush"));
    }
}

#[test]
fn a_room_has_at_most_128_characters() {
    assert!(AccessTokenGrant::from(VideoGrant::new().room("å".repeat(128))).to_json().is_ok());
    let error = AccessTokenGrant::from(VideoGrant::new().room("r".repeat(129))).to_json();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidGrant);
}

#[test]
fn a_playback_grant_is_an_object_kept_to_the_byte() {
    let text = " {\"playbackUrl\" : \"x\", \"playbackUrl\":\"\\u0079\"}";
    assert_eq!(json_of(PlaybackGrant::from_json(text).unwrap()), text);
    assert_eq!(json_of(PlaybackGrant::from_json_bytes(text.as_bytes()).unwrap()), text);
    assert_eq!(json_of(PlaybackGrant::from_value(&json!({"a": null})).unwrap()), r#"{"a":null}"#);
    for wrong in ["null", "[]", "\"{}\"", "1", "", "{} {}"] {
        let error = PlaybackGrant::from_json(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidGrant, "{wrong:?}");
    }
}

#[test]
fn a_custom_grant_cannot_pass_for_the_identity() {
    let json = || Json::parse("[1]").unwrap();
    assert_eq!(json_of(CustomGrant::new("k", json()).unwrap()), "[1]");
    for key in ["", "identity", &"k".repeat(65)] {
        assert_eq!(CustomGrant::new(key, json()).unwrap_err().kind(), ErrorKind::InvalidGrant);
    }
}

#[test]
fn debug_hides_what_may_name_a_person() {
    let shown = [
        format!("{:?}", VoiceGrant::new().endpoint_id("hush")),
        format!("{:?}", ChatGrant::new().endpoint_id("hush")),
        format!("{:?}", IpMessagingGrant::new().endpoint_id("hush")),
        format!("{:?}", SyncGrant::new().endpoint_id("hush")),
        format!("{:?}", AccessTokenGrant::from(SyncGrant::new().endpoint_id("hush"))),
    ];
    assert!(shown.iter().all(|text| text.contains("endpoint_id: ..")), "{shown:?}");
}

#[test]
fn debug_hides_content() {
    let hush = || Json::parse(r#"{"hush":1}"#).unwrap();
    let grants: [AccessTokenGrant; 3] = [
        PlaybackGrant::new(hush()).unwrap().into(),
        CustomGrant::new("k", hush()).unwrap().into(),
        VoiceGrant::new().outgoing_application_params(hush()).into(),
    ];
    for grant in grants {
        assert!(!format!("{grant:?}").contains("hush"));
    }
}

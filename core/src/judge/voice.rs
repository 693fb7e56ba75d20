//! Voice.

use serde_json::{Map, Value};

use super::refusal::{self, Refusal};
use crate::token::{has_other_characters, is_long_for_voice};

/// Whether Voice lets in who shows a good token with these grants.
///
/// # Errors
///
/// Why it does not.
///
/// # Example: a name with a space
///
/// ```
/// use grantmint_core::judge;
///
/// let grants = serde_json::json!({"identity": "a b", "voice": {"incoming": {"allow": true}}});
/// let refusal = judge::voice(grants.as_object().expect("it was written as one")).unwrap_err();
/// assert_eq!(refusal.reason, "voice_identity");
/// ```
pub fn voice(grants: &Map<String, Value>) -> Result<(), Refusal> {
    let (missing, not_object) = (refusal::VOICE_GRANT_MISSING, refusal::VOICE_GRANT_NOT_OBJECT);
    refusal::grant(grants, "voice", missing, not_object)?;
    let identity = refusal::identity(grants)?;
    if has_other_characters(identity) {
        return Err(refusal::VOICE_IDENTITY);
    }
    if is_long_for_voice(identity) {
        return Err(refusal::VOICE_IDENTITY_LENGTH);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_wants_its_grant_and_a_plain_name() {
        let judged = |grants: Value| voice(grants.as_object().unwrap());
        assert_eq!(judged(json!({"identity": "al_1ce", "voice": {}})), Ok(()));
        assert_eq!(judged(json!({"identity": "alice"})), Err(refusal::VOICE_GRANT_MISSING));
        let null = json!({"identity": "alice", "voice": null});
        assert_eq!(judged(null), Err(refusal::VOICE_GRANT_MISSING));
        let text = json!({"identity": "alice", "voice": "{}"});
        assert_eq!(judged(text), Err(refusal::VOICE_GRANT_NOT_OBJECT));
        for identity in [json!(""), json!(7), Value::Null] {
            let grants = json!({"identity": identity, "voice": {}});
            assert_eq!(judged(grants), Err(refusal::IDENTITY_MISSING));
        }
        let odd = json!({"identity": "å", "voice": {}});
        assert_eq!(judged(odd), Err(refusal::VOICE_IDENTITY));
        let long = json!({"identity": "a".repeat(122), "voice": {}});
        assert_eq!(judged(long), Err(refusal::VOICE_IDENTITY_LENGTH));
    }
}

use super::*;

fn told(slot: &Slot, value: impl Into<SlotValue<'static>>) -> Option<String> {
    slot.check(value.into()).err().map(|error| error.message().to_owned())
}

#[test]
fn a_value_of_another_kind_is_refused() {
    let room = Slot::text("room");
    assert_eq!(told(&room, 7).unwrap(), "room must be a text, not a whole number");
    let host = Slot::bool("host");
    assert_eq!(told(&host, "false").unwrap(), "host must be true or false, not a text");
    assert!(told(&host, false).is_none());
    let role = Slot::integer("role");
    assert_eq!(told(&role, "1").unwrap(), "role must be a whole number, not a text");
    assert!(told(&Slot::json("x"), "{}").is_some());
    let identity = Slot::text(IDENTITY).check(7.into()).unwrap_err();
    assert_eq!(identity.kind(), ErrorKind::InvalidIdentity);
    assert_eq!(identity.message(), "identity must be a text, not a whole number");
}

#[test]
fn texts_are_measured_as_the_service_measures() {
    for (unit, max) in [(LengthUnit::Bytes, 4), (LengthUnit::Chars, 1), (LengthUnit::Utf16, 2)] {
        let name = Slot::text("name").max_len(max, unit);
        assert!(told(&name, "😀").is_none());
        let shorter = Slot::text("name").max_len(max - 1, unit);
        // No text is shorter than nothing.
        let shorter = if max == 1 { told(&name, "😀a") } else { told(&shorter, "😀") };
        assert!(shorter.unwrap().starts_with("name is over "));
    }
    assert!(told(&Slot::text("a"), "").is_none());
    assert_eq!(told(&Slot::text("a").required(), "").unwrap(), "a must not be empty");
}

#[test]
fn a_number_is_whole_and_kept_by_all_readers() {
    let role = Slot::integer("role").within(0..=1);
    for good in [0.0, 1.0, -0.0] {
        assert!(told(&role, good).is_none(), "{good}");
    }
    assert_eq!(told(&role, 2).unwrap(), "role must be 0 to 1");
    for wrong in [0.5, f64::NAN, f64::INFINITY] {
        assert_eq!(told(&role, wrong).unwrap(), "role must be a whole number");
    }
    let any = Slot::integer("n");
    assert!(told(&any, SAFE_INTEGER_MAX).is_none());
    for wrong in [SAFE_INTEGER_MAX + 2, i64::MIN, i64::MAX] {
        assert!(told(&any, wrong).unwrap().starts_with("n is beyond 2^53 - 1"));
        #[allow(clippy::cast_precision_loss, reason = "still beyond")]
        let float = wrong as f64;
        assert!(told(&any, float).unwrap().starts_with("n is beyond 2^53 - 1"));
    }
}

#[test]
fn the_least_numbers_are_refused_like_the_largest() {
    let any = Slot::integer("n").within(i64::MIN..=i64::MAX);
    for beyond in [i64::MIN, i64::MAX, -SAFE_INTEGER_MAX - 1] {
        assert!(told(&any, beyond).unwrap().contains("beyond 2^53 - 1"), "{beyond}");
    }
    for beyond in [-1e300, 1e300] {
        assert!(told(&any, beyond).unwrap().contains("beyond 2^53 - 1"), "{beyond}");
    }
    assert_eq!(told(&any, -SAFE_INTEGER_MAX), None);
}

#[test]
fn json_is_checked_and_bounded() {
    let tags = Slot::json("tags").max_len(100, LengthUnit::Bytes);
    let told = |json| tags.check(SlotValue::Json(json)).err().map(|e| e.message().to_owned());
    assert!(told("[\"a\", 9007199254740991]").is_none());
    for (json, what) in [
        ("[NaN]", "tags is not valid JSON"),
        ("\"\\ud800\"", "tags is not valid JSON"),
        ("", "tags is not valid JSON"),
        (&*format!("\"{}\"", "x".repeat(100)), "tags is over 100 bytes"),
        (
            "[9007199254740993]",
            "tags has a number beyond 2^53 - 1, where many readers change it: give it as a text",
        ),
    ] {
        assert_eq!(told(json).as_deref(), Some(what), "{json}");
    }
    let deep = "[".repeat(65) + &"]".repeat(65);
    let deepest = Slot::json("x").check(SlotValue::Json(&deep)).unwrap_err();
    assert_eq!(deepest.message(), "x nests over 64 levels");
}

#[test]
fn of_some_texts_no_other_is_taken() {
    let kind = Slot::text("kind").one_of(["sip", "agent"]);
    assert!(told(&kind, "sip").is_none());
    assert_eq!(told(&kind, "bot").unwrap(), "kind must be one of sip, agent");
}

#[test]
fn what_has_no_effect_is_refused() {
    let told = |slot: Slot| slot.check_self().unwrap_err().message().to_owned();
    for slot in [Slot::integer("n"), Slot::bool("n")] {
        let max = slot.clone().max_len(7, LengthUnit::Bytes);
        assert_eq!(told(max), "n has no length: leave out the longest one");
        let one_of = slot.one_of(["7"]);
        assert!(told(one_of).starts_with("n is for no text"));
    }
    assert!(told(Slot::json("n").one_of(["7"])).starts_with("n is for no text"));
    assert!(Slot::json("n").max_len(7, LengthUnit::Bytes).check_self().is_ok());
    assert!(Slot::text("n").max_len(7, LengthUnit::Chars).one_of(["7"]).check_self().is_ok());
}

//! The shape of SIDs: two letters for the kind, then 32 hexadecimal digits.

/// Whether `text` is a SID of the kind `prefix` (`"VJ"`, `"AC"`, …).
pub(crate) fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::is_sid;

    #[test]
    fn takes_both_cases_and_nothing_else() {
        assert!(is_sid("VJ0123456789abcdefABCDEF0123456789", "VJ"));
        assert!(!is_sid("VJ0123456789abcdefABCDEF012345678", "VJ"));
        assert!(!is_sid("VJ0123456789abcdefABCDEF012345678g", "VJ"));
        assert!(!is_sid("AC0123456789abcdefABCDEF0123456789", "VJ"));
        assert!(!is_sid("vj0123456789abcdefABCDEF0123456789", "VJ"));
    }
}

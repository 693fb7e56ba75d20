//! What the parts of a key are called in the environment and in env files.

pub(crate) const ACCOUNT_SID: &str = "TWILIO_ACCOUNT_SID";
pub(crate) const API_KEY: &str = "TWILIO_API_KEY";
pub(crate) const API_SECRET: &str = "TWILIO_API_SECRET";
pub(crate) const REGION: &str = "TWILIO_REGION";

/// The three that a key needs.
pub(crate) const NEEDED: [&str; 3] = [ACCOUNT_SID, API_KEY, API_SECRET];

/// Other programs' names for them.
const OTHERS: [(&str, &str); 8] = [
    (ACCOUNT_SID, "TWILIO_ACCOUNT"),
    (ACCOUNT_SID, "ACCOUNT_SID"),
    (API_KEY, "TWILIO_API_KEY_SID"),
    (API_KEY, "TWILIO_API_SID"),
    (API_SECRET, "TWILIO_API_KEY_SECRET"),
    (API_SECRET, "TWILIO_API_SECRET_KEY"),
    (API_SECRET, "TWILIO_SECRET"),
    (API_SECRET, "TWILIO_AUTH_TOKEN"),
];

/// What to say of names that are missing: which ones, and which are there under another program's name.
pub(super) fn missing(names: &[&str], has: impl Fn(&str) -> bool) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    let mut line = format!("{} {verb} not set", listed(names));
    let other = OTHERS.iter().find(|(name, other)| names.contains(name) && has(other));
    match other {
        Some((_, other @ "TWILIO_AUTH_TOKEN")) => {
            line += &format!(" (found {other}: Access Tokens are signed with an API key's secret)");
        }
        Some((_, other)) => {
            line += &format!(" (found {other}: that is another program's name for it)");
        }
        None => {}
    }
    line
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [first @ .., before, last] => {
            [first, &[&format!("{before} and {last}")]].concat().join(", ")
        }
        _ => names.concat(),
    }
}

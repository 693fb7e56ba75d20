//! What somebody most likely meant by a name that nobody knows.

/// The one of `known` that a name is most likely a misspelling of.
pub(super) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Longer than any name that is known, and a bound to the work.
    if name.len() > 40 {
        return None;
    }
    let plain_name = plain(name);
    let near = known.filter_map(|known| Some((distance(&plain_name, &plain(known))?, known)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// A name without what people write differently: case, `_`, `-`, and `Grant` at its end.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let plain: String = letters.collect();
    match plain.strip_suffix("grant") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => plain,
    }
}

/// How many letters differ, unless that are so many that the two have nothing to do with each other.
fn distance(a: &str, b: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    let allowed = if b.len() > 4 { 2 } else { 1 };
    row.last().copied().filter(|distance| *distance <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let known = ["video", "voice", "chat", "data_sync", "task_router"];
        let meant = |name| meant(name, known.into_iter());
        for (name, what) in [
            ("Video", "video"),
            ("VideoGrant", "video"),
            ("vidoe", "video"),
            ("vioce", "voice"),
            ("dataSync", "data_sync"),
            ("taskrouter", "task_router"),
            ("chats", "chat"),
        ] {
            assert_eq!(meant(name), Some(what), "{name}");
        }
        for name in ["", "hologram", "grant", "cat food", &"video".repeat(20)] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}

//! The kinds of slots, and the units that texts are measured in.

/// What a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotKind {
    /// A text.
    Text,
    /// A whole number of at most 2^53 − 1 either way: what lies beyond, many readers change.
    Integer,
    /// True or false.
    Bool,
    /// Any JSON value.
    Json,
}

impl SlotKind {
    /// `text`, `integer`, `bool` or `json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Bool => "bool",
            Self::Json => "json",
        }
    }

    /// The kind with its article, for messages.
    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Bool => "true or false",
            Self::Json => "JSON",
        }
    }
}

/// What a service counts when it measures a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode code points.
    Chars,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

impl LengthUnit {
    pub(crate) fn measure(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            Self::Chars => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Chars => "characters",
            Self::Utf16 => "UTF-16 code units",
        }
    }
}

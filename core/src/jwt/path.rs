//! Where a claim stands: the names from the top of the claims down to it.

use crate::error::{Error, ErrorKind, Result};

/// Most names in a path: the limit of nesting is that of a claim's JSON.
const NAMES_MAX: usize = 16;

/// Where a claim stands: one name, or the names of the objects around it and its own.
///
/// # Example: the same claim in three ways
///
/// ```
/// use grantmint_core::ClaimPath;
///
/// let nested = ClaimPath::from(["context", "user", "id"]);
/// assert_eq!(nested, ClaimPath::pointer("/context/user/id")?);
/// assert_eq!(nested.to_string(), "/context/user/id");
/// assert_eq!(ClaimPath::from("https://hasura.io/jwt/claims").names().len(), 1);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// A path as a JSON pointer (RFC 6901): `/` before each name, `~1` for a `/` in a name, `~0` for a
    /// `~`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for what is no JSON pointer.
    pub fn pointer(pointer: &str) -> Result<Self> {
        let invalid = |what| Error::of_argument(ErrorKind::InvalidArgument, "path", what);
        let rest = pointer.strip_prefix('/');
        let rest = rest.ok_or_else(|| invalid("must be a JSON pointer: a / before each name"))?;
        let names = rest.split('/').map(|name| {
            let has_other = name.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
            (!has_other).then(|| name.replace("~1", "/").replace("~0", "~"))
        });
        let names: Option<Vec<_>> = names.collect();
        names.map(Self).ok_or_else(|| invalid("has a ~ that is neither ~0 nor ~1"))
    }

    /// The names, the outermost first.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The path as messages name it: a name alone as it is.
    pub(super) fn shown(&self) -> String {
        match self.0.as_slice() {
            [name] => name.clone(),
            _ => self.to_string(),
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        if (1..=NAMES_MAX).contains(&self.0.len()) {
            return Ok(());
        }
        let what = format!("must be 1 to {NAMES_MAX} names");
        Err(Error::of_argument(ErrorKind::InvalidArgument, "path", what))
    }
}

impl From<&str> for ClaimPath {
    fn from(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }
}

impl From<&[&str]> for ClaimPath {
    fn from(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }
}

impl<const N: usize> From<[&str; N]> for ClaimPath {
    fn from(names: [&str; N]) -> Self {
        Self::from(names.as_slice())
    }
}

impl From<Vec<String>> for ClaimPath {
    fn from(names: Vec<String>) -> Self {
        Self(names)
    }
}

/// The JSON pointer.
impl std::fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0
            .iter()
            .try_for_each(|name| write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_read_as_it_is_written() {
        for names in [&["a"][..], &["a/b", "~"], &["", "~1"], &["https://hasura.io/jwt/claims"]] {
            let path = ClaimPath::from(names);
            assert_eq!(ClaimPath::pointer(&path.to_string()).unwrap(), path);
        }
        for wrong in ["", "a", "a/b", "/~", "/a~2", "/~a/b"] {
            assert!(ClaimPath::pointer(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_has_a_name_and_not_too_many() {
        assert!(ClaimPath::from([]).check().is_err());
        assert!(ClaimPath::from(["a"; 16]).check().is_ok());
        assert!(ClaimPath::from(["a"; 17]).check().is_err());
    }
}

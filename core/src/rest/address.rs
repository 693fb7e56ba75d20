//! Where a source sends its requests: the URL, whose host is known from the start.

use super::encoding::Encoding;
use super::slots::{Place, Slots, refused};
use super::template::{Late, Template, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::upstream::{Route, push_path_encoded};
use crate::wiped::WipedString;

/// A checked URL.
pub(super) struct Address {
    pub(super) route: Route,
    /// From the root on; late slots are steps, or parts of steps.
    path: Template,
}

impl Address {
    pub(super) fn new(
        url: &str,
        slots: &mut Slots,
        proxy: Option<&str>,
        ca_file: Option<&std::path::Path>,
    ) -> Result<Self> {
        let wrong = |what: &str| Error::of_argument(ErrorKind::InvalidUrl, "url", what);
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("must be an https URL"))?;
        if rest.contains(['?', '#', '@']) {
            return Err(wrong("must have no user, query or fragment: give query, and auth"));
        }
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = slots.fill("url", host, Place::Host)?;
        let host = host.filled(&Values::none());
        let origin = format!("{scheme}://{}", host.as_str());
        let route = Route::new(&origin, proxy.map(Into::into), ca_file.map(Into::into));
        let route = route.map_err(|error| error.with_argument("url"))?;
        let path = slots.fill("url", if path.is_empty() { "/" } else { path }, Place::Path)?;
        let address = Self { route, path };
        // As it would be with the plainest key.
        let sample = address.path.filled(&Values { key: "k", ..Values::none() });
        if !is_path(&sample) {
            return Err(wrong("must have a path of ASCII characters without . and .."));
        }
        Ok(address)
    }

    pub(super) fn encode(&self, encoding: &mut Encoding) {
        encoding.text(self.route.place());
        encoding.template(&self.path);
    }

    pub(super) fn has(&self, late: Late) -> bool {
        self.path.has(late)
    }

    /// The path of one request.
    pub(super) fn path(&self, values: &Values<'_>) -> Result<WipedString> {
        let path = self.path.filled_by(values, push_path_encoded);
        if self.has(Late::Key) && !is_path(&path) {
            return Err(refused("key", "must not be . or .. where it is a step of a path"));
        }
        Ok(path)
    }
}

fn is_path(path: &str) -> bool {
    let is_dots = |step: &str| {
        let step = step.to_ascii_lowercase().replace("%2e", ".");
        step == "." || step == ".."
    };
    let is_plain = |byte: u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`')
    };
    path.bytes().all(is_plain) && !path.split('/').any(is_dots)
}

//! A file of certificate authorities that are trusted instead of the built-in ones.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{PemObject as _, SectionKind};
use sha2::{Digest as _, Sha256};

use super::descriptors::none_left;
use super::tls::Roots;
use crate::error::{Error, ErrorKind, Result};

/// A file of certificates may be so large.
const FILE_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The file as it was read.
pub(crate) struct Certificates(Vec<u8>);

impl Certificates {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let unreadable = |error: io::Error| match (none_left(&error), error.kind()) {
            (Some(what), _) => invalid(&format!("cannot be read: {what}")),
            (None, io::ErrorKind::NotFound) => invalid("cannot be read: there is no such file"),
            (None, kind) => invalid(&format!("cannot be read: {kind}")),
        };
        // A pipe may never be opened, and a device has no end.
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(invalid("must be a file"));
        }
        let (mut pem, file) = (Vec::new(), fs::File::open(path).map_err(unreadable)?);
        file.take(FILE_MAX_BYTES + 1).read_to_end(&mut pem).map_err(unreadable)?;
        if pem.len() as u64 > FILE_MAX_BYTES {
            return Err(invalid("is over 4 MiB"));
        }
        Ok(Self(pem))
    }

    /// Tells files apart: one that was replaced trusts others than before.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    /// Those that are trusted: the file's certificates. What else a PEM file may hold is passed over.
    pub(crate) fn roots(&self) -> Result<Roots> {
        let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(&self.0);
        let sections: std::result::Result<Vec<_>, _> = sections.collect();
        let certificates: Vec<_> = sections
            .map_err(|_| invalid("is not a PEM file"))?
            .into_iter()
            .filter(|(kind, _)| *kind == SectionKind::Certificate)
            .map(|(_, der)| CertificateDer::from(der))
            .collect();
        if certificates.is_empty() {
            return Err(invalid("holds no certificate"));
        }
        Ok(Roots::of(certificates))
    }
}

fn invalid(what: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidArgument, "ca_file", what)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn certificates_come_from_a_file_alone() {
        for path in ["/dev/zero", "/", "/dev/null/nothing"] {
            let refused = Certificates::read(Path::new(path)).err().unwrap();
            assert_eq!(refused.kind(), ErrorKind::InvalidArgument, "{path}");
        }
    }
}

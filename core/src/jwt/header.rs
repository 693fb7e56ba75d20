//! The header of a token.

use super::path::ClaimPath;
use super::read::read;
use super::tree::{Members, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::token::{Algorithm, encoded_header, write_json_string};
use crate::wiped::WipedString;

/// Members that are written, or would change what the token means to its reader.
const OWN_MEMBERS: [(&str, &str); 4] = [
    ("alg", "is written by the minter: set algorithm"),
    ("typ", "is written by the minter: set typ"),
    ("crit", "calls extensions critical, and none is supported"),
    ("b64", "is an extension that is not supported"),
];

/// What a header says.
#[derive(Clone)]
pub(super) struct Header {
    algorithm: Algorithm,
    typ: Option<String>,
    members: Members,
}

impl Header {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, typ: Some("JWT".to_owned()), members: Members::default() }
    }

    pub(super) fn set_typ(&mut self, typ: Option<&str>) {
        self.typ = typ.map(str::to_owned);
    }

    pub(super) fn set_algorithm(&mut self, algorithm: Algorithm) {
        self.algorithm = algorithm;
    }

    /// Adds a member, as JSON.
    pub(super) fn add(&mut self, name: &str, json: &str) -> Result<()> {
        let argument = format!("header.{name}");
        let invalid = |what| Error::of_argument(ErrorKind::InvalidArgument, &argument, what);
        if let Some((_, what)) = OWN_MEMBERS.iter().find(|(own, _)| *own == name) {
            return Err(invalid(*what));
        }
        let node = read(json).map_err(invalid)?;
        let added = self.members.insert(&ClaimPath::from(name), node);
        added.map_err(|error| error.with_argument(&argument))
    }

    /// The header in base64, with its dot.
    pub(super) fn encoded(&self) -> String {
        let mut json = WipedString::from(r#"{"alg":""#);
        json.push_str(self.algorithm.name());
        json.push('"');
        let typ = self.typ.iter().map(|typ| {
            let mut json = WipedString::new();
            write_json_string(&mut json, typ);
            ("typ", Node::Fixed(json))
        });
        let others = self.members.list().iter().map(|(name, node)| (name.as_str(), node.clone()));
        for (name, node) in typ.chain(others) {
            json.push(',');
            write_json_string(&mut json, name);
            json.push(':');
            node.write_fixed(&mut json);
        }
        json.push('}');
        encoded_header(&json)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn written(header: &Header) -> String {
        let encoded = header.encoded();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded.strip_suffix('.').unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_header_says_what_it_was_told() {
        let mut header = Header::new(Algorithm::Hs512);
        assert_eq!(written(&header), r#"{"alg":"HS512","typ":"JWT"}"#);
        header.set_typ(None);
        header.add("kid", r#""app.key""#).unwrap();
        assert_eq!(written(&header), r#"{"alg":"HS512","kid":"app.key"}"#);
        let twice = header.add("kid", "1").unwrap_err();
        assert_eq!(twice.message(), "header.kid is given twice");
        for (own, _) in OWN_MEMBERS {
            assert!(header.add(own, "1").unwrap_err().message().starts_with("header."));
        }
        assert_eq!(header.add("x", "NaN").unwrap_err().message(), "header.x is not valid JSON");
    }
}

//! What a server is told, as it is sent.

use zeroize::Zeroizing;

use super::scripts::{Script, Scripts};

/// A script to run.
#[derive(Clone)]
pub(super) struct Command {
    pub(super) script: Script,
    keys: Vec<Vec<u8>>,
    arguments: Vec<Vec<u8>>,
}

impl Command {
    pub(super) fn new(script: Script, keys: Vec<Vec<u8>>, arguments: Vec<Vec<u8>>) -> Self {
        Self { script, keys, arguments }
    }

    /// The first key, which says where it goes: the others lie beside it.
    pub(super) fn key(&self) -> &[u8] {
        self.keys.first().map_or(&[], Vec::as_slice)
    }

    /// By the digest of the script, which the server knows if it has run it before.
    pub(super) fn by_digest(&self, scripts: &Scripts) -> Zeroizing<Vec<u8>> {
        self.bytes(b"EVALSHA", &scripts.text(self.script).digest)
    }

    /// With the script itself.
    pub(super) fn in_full(&self, scripts: &Scripts) -> Zeroizing<Vec<u8>> {
        self.bytes(b"EVAL", &scripts.text(self.script).source)
    }

    fn bytes(&self, command: &[u8], script: &str) -> Zeroizing<Vec<u8>> {
        let count = self.keys.len().to_string();
        let mut parts = vec![command, script.as_bytes(), count.as_bytes()];
        parts.extend(self.keys.iter().chain(&self.arguments).map(Vec::as_slice));
        packed(&parts)
    }
}

/// A command and its arguments, as the protocol has them. Wiped, as a password may be among them.
pub(super) fn packed(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = parts.iter().map(|part| part.len() + 32).sum();
    // It does not grow: that would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    bytes.extend_from_slice(format!("*{}\r\n", parts.len()).as_bytes());
    for part in parts {
        bytes.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
        bytes.extend_from_slice(part);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_run_by_its_digest_or_in_full() {
        let scripts = Scripts::new();
        let command = Command::new(Script::Release, vec![b"k".to_vec()], vec![b"\r\n".to_vec()]);
        let sent = command.by_digest(&scripts);
        let expected = format!(
            "*5\r\n$7\r\nEVALSHA\r\n$40\r\n{}\r\n$1\r\n1\r\n$1\r\nk\r\n$2\r\n\r\n\r\n",
            scripts.text(Script::Release).digest
        );
        assert_eq!(&**sent, expected.as_bytes());
        let full = command.in_full(&scripts);
        assert!(full.starts_with(b"*5\r\n$4\r\nEVAL\r\n"));
        assert!(full.ends_with(b"$1\r\n1\r\n$1\r\nk\r\n$2\r\n\r\n\r\n"));
    }
}

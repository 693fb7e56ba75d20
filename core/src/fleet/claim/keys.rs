//! What the users of a store have in common and nobody else has: keys to names and contents, made from one secret.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;
use zeroize::Zeroizing;

use crate::fleet::store::Slot;
use crate::fleet::store::{HEAD_BYTES, Head, Kind};

/// Another format has other keys, so that neither is taken for the other.
const FORMAT: &[u8] = b"grantmint fleet 1";

/// The keys that are made from one secret.
pub(crate) struct Keys {
    names: hmac::Key,
    values: LessSafeKey,
    pauses: LessSafeKey,
}

impl Keys {
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        let key = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let sealing = |of: &[u8]| {
            let info = [FORMAT, b" ", of];
            let bytes = key.expand(&info, &AES_256_GCM).ok()?;
            Some(LessSafeKey::new(UnboundKey::from(bytes)))
        };
        let info = [FORMAT, b" names"];
        Some(Self {
            names: hmac::Key::from(key.expand(&info, hmac::HMAC_SHA256).ok()?),
            values: sealing(b"values")?,
            pauses: sealing(b"pauses")?,
        })
    }

    /// The slot of something that these parts tell apart from all else.
    pub(crate) fn slot(&self, parts: &[&[u8]]) -> Slot {
        let mut name = hmac::Context::with_key(&self.names);
        for part in parts {
            name.update(&(part.len() as u64).to_le_bytes());
            name.update(part);
        }
        let tag = name.sign();
        Slot::new(std::array::from_fn(|index| tag.as_ref()[index]))
    }

    /// What is left in a slot: the head, and behind it the contents that nobody else can read. None if the
    /// system has no random numbers.
    pub(crate) fn seal(&self, slot: &Slot, head: &Head, contents: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let head_bytes = head.bytes();
        let mut sealed = Zeroizing::new(contents.to_vec());
        let key = self.key_of(head.kind);
        let aad = Aad::from(bound(slot, &head_bytes));
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .ok()?;
        Some([&head_bytes, &nonce[..], &sealed, tag.as_ref()].concat())
    }

    /// The contents of what was left in a slot; none if it was made for another slot, with another key, or has
    /// been changed.
    pub(crate) fn open(&self, slot: &Slot, left: &[u8]) -> Option<(Head, Zeroizing<Vec<u8>>)> {
        let head = Head::read(left)?;
        let (head_bytes, rest) = left.split_at_checked(HEAD_BYTES)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN)?;
        let mut contents = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let aad = Aad::from(bound(slot, head_bytes.try_into().ok()?));
        let len = self.key_of(head.kind).open_in_place(nonce, aad, &mut contents).ok()?.len();
        contents.truncate(len);
        Some((head, contents))
    }

    fn key_of(&self, kind: Kind) -> &LessSafeKey {
        match kind {
            Kind::Grant | Kind::Tombstone => &self.values,
            Kind::Pause | Kind::Note => &self.pauses,
        }
    }
}

/// What a seal holds together with the contents.
fn bound(slot: &Slot, head: &[u8; HEAD_BYTES]) -> [u8; 16 + HEAD_BYTES] {
    let mut bound = [0; 16 + HEAD_BYTES];
    bound[..16].copy_from_slice(slot.bytes());
    bound[16..].copy_from_slice(head);
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Head =
        Head { kind: Kind::Grant, generation: 7, epoch: 0, end: 60, took: 1, failures: 0 };

    #[test]
    fn what_is_sealed_opens_in_its_slot_and_with_its_key_alone() {
        let keys = Keys::new(b"a secret").unwrap();
        let slot = keys.slot(&[b"stream", b"60"]);
        let left = keys.seal(&slot, &HEAD, b"a grant").unwrap();
        let (head, contents) = keys.open(&slot, &left).unwrap();
        assert_eq!((head, &contents[..]), (HEAD, &b"a grant"[..]));
        assert!(keys.open(&keys.slot(&[b"stream", b"61"]), &left).is_none());
        assert!(Keys::new(b"another").unwrap().open(&slot, &left).is_none());
        assert!(!left.windows(7).any(|part| part == b"a grant"));
    }

    #[test]
    fn whatever_byte_is_changed_or_missing_it_does_not_open() {
        let keys = Keys::new(b"a secret").unwrap();
        let slot = keys.slot(&[b"stream"]);
        let left = keys.seal(&slot, &HEAD, b"a grant").unwrap();
        for index in 0..left.len() {
            let mut changed = left.clone();
            changed[index] ^= 1;
            assert!(keys.open(&slot, &changed).is_none(), "changed at {index}");
            assert!(keys.open(&slot, &left[..index]).is_none(), "torn at {index}");
        }
    }

    #[test]
    fn parts_of_a_name_do_not_run_together() {
        let keys = Keys::new(b"a secret").unwrap();
        assert_ne!(keys.slot(&[b"ab", b"c"]), keys.slot(&[b"a", b"bc"]));
        assert_ne!(keys.slot(&[b"ab"]), Keys::new(b"b secret").unwrap().slot(&[b"ab"]));
    }
}

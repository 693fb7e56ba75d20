//! HMAC-SHA256 with the key's part of the work done in advance.
//!
//! The general interface of a hash copies and wipes a state and a buffer for every message. A mint
//! hashes two or three blocks, so that would be a good part of its time; here the blocks are laid
//! out by hand and compressed in one call. Whatever is not on the path of a mint goes through the
//! `hmac` crate, against which the tests hold this.

use sha2::Digest as _;
use sha2::block_api::compress256;
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes that SHA-256 compresses at a time.
pub(super) const BLOCK: usize = 64;
/// What follows a message at least: a one bit, and its length in 64 bits.
pub(super) const PADDING: usize = 9;
const DIGEST: usize = 32;

/// SHA-256's state before anything is hashed (FIPS 180-4, section 5.3.3).
const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

pub(super) type State = [u32; 8];

/// What HMAC-SHA256 makes of a key, ready for any number of messages. Wiped on drop.
pub(crate) struct Signer {
    inner: State,
    outer: State,
}

impl Signer {
    pub(super) fn new(secret: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; BLOCK]);
        if secret.len() > BLOCK {
            key[..DIGEST].copy_from_slice(&sha2::Sha256::digest(secret));
        } else {
            key[..secret.len()].copy_from_slice(secret);
        }
        Self { inner: keyed(&key, 0x36), outer: keyed(&key, 0x5c) }
    }

    /// Hashes the whole blocks at the front of a message, for any number of messages that start
    /// alike.
    pub(super) fn midstate(&self, front: &[[u8; BLOCK]]) -> State {
        let mut state = self.inner;
        compress256(&mut state, front);
        state
    }

    /// The tag of a message of which `hashed` bytes have gone into `midstate` and `end` bytes lie
    /// at the front of `blocks`. Everything after them must be zero and leave room for
    /// [`PADDING`].
    #[inline]
    pub(super) fn tag(
        &self,
        mut midstate: State,
        hashed: usize,
        blocks: &mut [[u8; BLOCK]],
        end: usize,
    ) -> [u8; DIGEST] {
        let used = (end + PADDING).div_ceil(BLOCK);
        let blocks = &mut blocks[..used];
        blocks[end / BLOCK][end % BLOCK] = 0x80;
        put_bit_length(&mut blocks[used - 1], BLOCK + hashed + end);
        compress256(&mut midstate, blocks);
        let mut last = [0; BLOCK];
        last[..DIGEST].copy_from_slice(&to_bytes(&midstate));
        last[DIGEST] = 0x80;
        put_bit_length(&mut last, BLOCK + DIGEST);
        let mut state = self.outer;
        compress256(&mut state, &[last]);
        to_bytes(&state)
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

fn keyed(key: &[u8; BLOCK], pad: u8) -> State {
    let block = Zeroizing::new(key.map(|byte| byte ^ pad));
    let mut state = INITIAL;
    compress256(&mut state, &[*block]);
    state
}

#[inline]
fn put_bit_length(block: &mut [u8; BLOCK], bytes: usize) {
    let bits = bytes as u64 * 8;
    block[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
}

#[inline]
fn to_bytes(state: &State) -> [u8; DIGEST] {
    let mut bytes = [0; DIGEST];
    for (chunk, word) in bytes.chunks_exact_mut(4).zip(state) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    use super::*;

    const MOST: usize = 300;

    fn reference(secret: &[u8], message: &[u8]) -> [u8; DIGEST] {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// Hashes `front` blocks in advance and the rest at the end.
    fn in_two_steps(signer: &Signer, message: &[u8], front: usize) -> [u8; DIGEST] {
        let (head, tail) = message.split_at(front * BLOCK);
        let midstate = signer.midstate(head.as_chunks().0);
        let mut blocks = [[0; BLOCK]; MOST / BLOCK + 2];
        blocks.as_flattened_mut()[..tail.len()].copy_from_slice(tail);
        signer.tag(midstate, head.len(), &mut blocks, tail.len())
    }

    #[test]
    fn every_length_and_every_cut_agrees_with_the_hmac_crate() {
        let signer = Signer::new(b"a secret of some bytes");
        let message: Vec<u8> = (0..=250).cycle().take(MOST).collect();
        for len in 0..=MOST {
            let expected = reference(b"a secret of some bytes", &message[..len]);
            for front in 0..=len / BLOCK {
                assert_eq!(in_two_steps(&signer, &message[..len], front), expected, "{len}");
            }
        }
    }

    #[test]
    fn every_length_of_secret_agrees_with_the_hmac_crate() {
        let secret: Vec<u8> = (0..200).collect();
        for len in 0..=secret.len() {
            let signer = Signer::new(&secret[..len]);
            let expected = reference(&secret[..len], b"message");
            assert_eq!(in_two_steps(&signer, b"message", 0), expected, "{len}");
        }
    }
}

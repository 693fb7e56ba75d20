//! A signature of which the front of the message is done.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Sha384, Sha512};
use zeroize::Zeroize as _;

use super::signer::{BLOCK, Signer, State};
use super::signing::Signing;

/// The state after the front of a message, for any number of messages that start alike.
pub(super) enum Begun {
    Sha256 {
        signer: Arc<Signer>,
        /// The state after all whole blocks of the front.
        midstate: State,
        /// What follows those blocks, and zeros.
        pending: [u8; BLOCK],
        pending_len: usize,
    },
    Sha384(Box<Hmac<Sha384>>),
    Sha512(Box<Hmac<Sha512>>),
}

impl Begun {
    pub(super) fn new(signing: &Signing, front: &[u8]) -> Self {
        match signing {
            Signing::Sha256(signer) => {
                let (whole, rest) = front.as_chunks();
                let mut pending = [0; BLOCK];
                pending[..rest.len()].copy_from_slice(rest);
                let (signer, midstate) = (Arc::clone(signer), signer.midstate(whole));
                Self::Sha256 { signer, midstate, pending, pending_len: rest.len() }
            }
            Signing::Sha384(mac) => Self::Sha384(after(mac, front)),
            Signing::Sha512(mac) => Self::Sha512(after(mac, front)),
        }
    }

    /// Puts what is not hashed yet of the front into the blocks, and tells how long it is: the rest of
    /// the message goes behind it.
    #[inline]
    pub(super) fn lay_out(&self, blocks: &mut [[u8; BLOCK]]) -> usize {
        match self {
            Self::Sha256 { pending, pending_len, .. } => {
                blocks[0] = *pending;
                *pending_len
            }
            Self::Sha384(_) | Self::Sha512(_) => 0,
        }
    }

    /// Signs a message of which `hashed` bytes are done, `rest` begins behind what was laid out, and all
    /// behind it is zero. Puts the signature there, with a dot before it, and tells where it ends.
    #[inline]
    pub(super) fn sign(
        &self,
        hashed: usize,
        blocks: &mut [[u8; BLOCK]],
        rest: Range<usize>,
    ) -> usize {
        let end = rest.end;
        match self {
            Self::Sha256 { signer, midstate, .. } => {
                let tag = signer.tag(*midstate, hashed, blocks, end);
                push(&tag, blocks.as_flattened_mut(), end)
            }
            Self::Sha384(mac) => sign_behind(&**mac, blocks.as_flattened_mut(), rest),
            Self::Sha512(mac) => sign_behind(&**mac, blocks.as_flattened_mut(), rest),
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        // The others wipe themselves.
        if let Self::Sha256 { midstate, pending, .. } = self {
            midstate.zeroize();
            pending.zeroize();
        }
    }
}

fn after<M: Mac + Clone>(mac: &M, front: &[u8]) -> Box<M> {
    let mut mac = mac.clone();
    mac.update(front);
    Box::new(mac)
}

fn sign_behind<M: Mac + Clone>(mac: &M, text: &mut [u8], rest: Range<usize>) -> usize {
    let end = rest.end;
    let mut mac = mac.clone();
    mac.update(&text[rest]);
    push(&mac.finalize().into_bytes(), text, end)
}

#[inline]
fn push(tag: &[u8], text: &mut [u8], end: usize) -> usize {
    text[end] = b'.';
    let encoded = BASE64_URL_SAFE_NO_PAD.encode_slice(tag, &mut text[end + 1..]);
    end + 1 + encoded.expect("the blocks hold the signature")
}

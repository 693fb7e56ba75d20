//! Base64 that is written where it stays.
//!
//! The `encode_string` of the engines goes through a buffer on the stack, where a piece of the text stays
//! behind: from there it comes into whatever is moved from that stack to the heap.

use std::mem;

use base64::engine::Config as _;
use base64::{Engine, encoded_len};

/// Appends the base64 of some bytes to a text that has room for it.
pub(crate) fn push(engine: &impl Engine, bytes: &[u8], text: &mut String) {
    let is_padded = engine.config().encode_padding();
    let len = encoded_len(bytes.len(), is_padded).expect("no text is so long");
    let mut whole = mem::take(text).into_bytes();
    let start = whole.len();
    debug_assert!(whole.capacity() - start >= len, "growing would leave a copy behind");
    whole.resize(start + len, 0);
    let written = engine.encode_slice(bytes, &mut whole[start..]);
    debug_assert_eq!(written.ok(), Some(len));
    *text = String::from_utf8(whole).expect("base64 is ASCII");
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn it_appends_what_the_engine_makes_of_it_in_place() {
        for len in 0..100 {
            let bytes: Vec<u8> = (0..len).map(|byte: u8| byte.wrapping_mul(7)).collect();
            let mut text = String::with_capacity(200);
            let allocation = text.as_ptr();
            text.push('.');
            push(&BASE64_STANDARD, &bytes, &mut text);
            assert_eq!(text, format!(".{}", BASE64_STANDARD.encode(&bytes)));
            text.truncate(1);
            push(&BASE64_URL_SAFE_NO_PAD, &bytes, &mut text);
            assert_eq!(text, format!(".{}", BASE64_URL_SAFE_NO_PAD.encode(&bytes)));
            assert_eq!(text.as_ptr(), allocation);
        }
    }
}

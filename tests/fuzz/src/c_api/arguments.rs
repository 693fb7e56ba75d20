//! Arguments as a C program might pass them: each keeps the rules of the header, if only just.

use std::ffi::c_char;
use std::ptr;

use arbitrary::Arbitrary;
use grantmint::grantmint_str_t;

/// What is likely to be of use as a text somewhere.
const KNOWN: &[&str] = &[
    crate::ACCOUNT_SID,
    crate::KEY_SID,
    crate::SECRET,
    "alice",
    "ie1",
    "custom",
    "{}",
    r#"{"a":[1,"b"]}"#,
    r#"{"alg":"HS256"}"#,
    r#"{"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}"#,
    r#"{"exp":1700000060}"#,
    "VJ00000000000000000000000000000003",
    "AP00000000000000000000000000000003",
    "IS00000000000000000000000000000003",
    "https://www.example.com",
    "http://127.0.0.1:1",
];

/// A text by its place and length.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Text<'a> {
    Empty,
    /// No place, and a length all the same.
    NullOf(u16),
    /// A length that no memory has. It is refused before anything is read.
    TooLong,
    Known(u8),
    Bytes(&'a [u8]),
    /// A token that was minted before.
    Minted(u8),
}

/// Keeps the texts of one call, each in a block of exactly its length, so that the sanitizer sees
/// whoever reads beyond it.
#[derive(Default)]
pub(super) struct Texts {
    blocks: Vec<Box<[u8]>>,
    pub(super) minted: Vec<Vec<u8>>,
}

impl Texts {
    pub(super) fn place(&mut self, text: Text<'_>) -> grantmint_str_t {
        let bytes = match text {
            Text::Empty => return grantmint_str_t { data: ptr::null(), len: 0 },
            Text::NullOf(len) => return grantmint_str_t { data: ptr::null(), len: len.into() },
            Text::TooLong => return grantmint_str_t { data: c"".as_ptr(), len: usize::MAX },
            Text::Known(index) => KNOWN[usize::from(index) % KNOWN.len()].as_bytes(),
            Text::Bytes(bytes) => bytes,
            Text::Minted(_) if self.minted.is_empty() => b"a.b.c",
            Text::Minted(index) => &self.minted[usize::from(index) % self.minted.len()],
        };
        let block: Box<[u8]> = bytes.into();
        let str = grantmint_str_t { data: block.as_ptr().cast::<c_char>(), len: block.len() };
        self.blocks.push(block);
        str
    }

    /// The bytes of a text; none for what is no text.
    pub(super) fn bytes(str: grantmint_str_t) -> Option<Vec<u8>> {
        if str.len > isize::MAX as usize || (str.data.is_null() && str.len != 0) {
            return None;
        }
        if str.data.is_null() {
            return Some(Vec::new());
        }
        // SAFETY: a text placed here, or one that the library handed out and that still lives.
        Some(unsafe { std::slice::from_raw_parts(str.data.cast(), str.len) }.to_vec())
    }

    /// Forgets the texts of the last call.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
    }
}

/// How a struct is passed.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Shape {
    Whole,
    Null,
    /// Of another size than the library's, its further bytes all of one value.
    Words {
        words: u8,
        rest: u8,
    },
    /// With a size that is wrong on its face. Nothing but the size is there to be read.
    Wild(usize),
}

/// A struct in a block of exactly the size that it says it has.
pub(super) struct Struct {
    words: Vec<u64>,
    is_null: bool,
}

impl Struct {
    /// `full` must start with its `struct_size` and have no padding.
    pub(super) fn new<T: Copy>(full: &T, shape: Shape) -> Self {
        let whole = size_of::<T>();
        let (claimed, rest) = match shape {
            Shape::Whole | Shape::Null => (whole, 0),
            Shape::Words { words, rest } => (usize::from(words) * 8, rest),
            Shape::Wild(size) => (size, 0),
        };
        let is_good = (16..=4096).contains(&claimed) && claimed.is_multiple_of(8);
        let room = if is_good { claimed } else { 8 };
        let mut words = vec![u64::from_ne_bytes([rest; 8]); room / 8];
        // SAFETY: both are at least that long; the struct has no padding, and words bear any bytes.
        unsafe {
            let from = ptr::from_ref(full).cast::<u8>();
            ptr::copy_nonoverlapping(from, words.as_mut_ptr().cast(), room.min(whole));
        }
        words[0] = claimed as u64;
        Self { words, is_null: matches!(shape, Shape::Null) }
    }

    pub(super) fn pointer<T>(&mut self) -> *mut T {
        if self.is_null { ptr::null_mut() } else { self.words.as_mut_ptr().cast() }
    }
}

/// Which object is passed.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Pick {
    Live(u8),
    Null,
    /// An object of another class.
    Foreign,
    /// Into the middle of an object.
    Odd(u8),
}

/// The objects of one class that are the caller's.
pub(super) struct Pool<T> {
    live: Vec<*mut T>,
    free: unsafe extern "C" fn(*mut T),
}

impl<T> Pool<T> {
    pub(super) fn new(free: unsafe extern "C" fn(*mut T)) -> Self {
        Self { live: Vec::new(), free }
    }

    pub(super) fn add(&mut self, object: *mut T) {
        if !object.is_null() {
            self.live.push(object);
        }
    }

    /// The pointer, and whether it is good. `foreign` is an object of another class.
    pub(super) fn pick<F>(&self, pick: Pick, foreign: *mut F) -> (*mut T, bool) {
        let live = |index: u8| self.live.get(usize::from(index) % self.live.len().max(1)).copied();
        match pick {
            Pick::Live(index) => live(index).map_or((ptr::null_mut(), false), |live| (live, true)),
            Pick::Null => (ptr::null_mut(), false),
            Pick::Foreign => (foreign.cast(), false),
            Pick::Odd(index) => {
                (live(index).map_or(ptr::null_mut(), |live| live.wrapping_byte_add(1)), false)
            }
        }
    }

    /// As `pick`; the object is the library's from now on.
    pub(super) fn take<F>(&mut self, pick: Pick, foreign: *mut F) -> (*mut T, bool) {
        let (pointer, is_good) = self.pick(pick, foreign);
        self.live.retain(|live| *live != pointer);
        (pointer, is_good)
    }

    /// Frees an object, or what is none.
    pub(super) fn free<F>(&mut self, pick: Pick, foreign: *mut F) {
        let (pointer, _) = self.take(pick, foreign);
        // SAFETY: [handles] it is live and of this class, or one of the pointers that are refused.
        unsafe { (self.free)(pointer) };
    }
}

impl<T> Drop for Pool<T> {
    fn drop(&mut self) {
        for object in self.live.drain(..) {
            // SAFETY: [handles] it is live and of this class.
            unsafe { (self.free)(object) };
        }
    }
}

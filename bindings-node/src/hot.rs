//! The calls whose price counts: minting, and asking for a token that is there.
//!
//! A call of a derived class's method costs ten times an empty one of Node-API's, so these functions
//! are made by hand. Each carries what it calls as its data, alive for as long as the function is, and
//! runs under a panic boundary: an unwinding panic must not reach Node's C++.

#![allow(unsafe_code, reason = "this file is where Node-API is called by hand")]

use std::ffi::{CStr, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use grantmint_core::{
    Error, ErrorKind, PlaybackMinter, PlaybackToken, StreamMinter, TokenMinter, TokenOptions,
};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};

use crate::error::code;
use crate::time::{number, to_ms};

/// Longer texts take a way with an allocation. Twice what any identity may have.
const SHORT: usize = 1024;
/// No function here takes more arguments.
const ARGUMENTS: usize = 3;
/// After how many values handles are given back, in calls that make many.
const HANDLES: usize = 256;

/// `mint(identity)`.
pub(crate) fn mint<'env>(env: &'env Env, minter: &Arc<TokenMinter>) -> napi::Result<Unknown<'env>> {
    function(env, c"mint", Mint(Arc::clone(minter)))
}

/// `mintMany(array)`.
pub(crate) fn mint_many<'env>(
    env: &'env Env,
    minter: &Arc<TokenMinter>,
) -> napi::Result<Unknown<'env>> {
    function(env, c"mintMany", MintMany(Arc::clone(minter)))
}

/// `tryToken(streamer, identity)`: a JWT or null.
pub(crate) fn try_token<'env>(
    env: &'env Env,
    minter: &PlaybackMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"tryToken", TryToken(minter.clone()))
}

/// `tryToken(identity)` of a stream.
pub(crate) fn stream_try_token<'env>(
    env: &'env Env,
    stream: &StreamMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"tryToken", StreamTryToken(stream.clone()))
}

/// `atOnce(streamer, identity, minRemainingMs)`: null, or an array of JWT, remaining milliseconds,
/// freshness and generation and, if it is degraded, code and message of the reason.
pub(crate) fn at_once<'env>(
    env: &'env Env,
    minter: &PlaybackMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"atOnce", AtOnce(minter.clone()))
}

/// `atOnce(identity, minRemainingMs)` of a stream.
pub(crate) fn stream_at_once<'env>(
    env: &'env Env,
    stream: &StreamMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"atOnce", StreamAtOnce(stream.clone()))
}

/// A function that panics, and again when it is dropped.
#[cfg(feature = "test-doors")]
pub(crate) fn panicking(env: &Env) -> napi::Result<Unknown<'_>> {
    function(env, c"panicking", Panicking)
}

struct Mint(Arc<TokenMinter>);
struct MintMany(Arc<TokenMinter>);
struct TryToken(PlaybackMinter);
struct StreamTryToken(StreamMinter);
struct AtOnce(PlaybackMinter);
struct StreamAtOnce(StreamMinter);

/// What a function does.
trait Hot: 'static {
    fn call(&self, call: &Call) -> Result<sys::napi_value>;
}

impl Hot for Mint {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let jwt = call.text(0, "identity", |identity| self.0.mint(identity))??;
        call.ascii(&jwt)
    }
}

impl Hot for MintMany {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let identities = call.texts(0, "identities")?;
        let tokens = call.array(identities.len())?;
        let (mut index, mut failure) = (0, None);
        let mut handles = Handles::open(call)?;
        self.0.mint_each(&identities.iter().collect::<Vec<_>>(), |token| {
            if failure.is_none() {
                failure =
                    handles.renew_at(index).and_then(|()| call.set(tokens, index, token)).err();
            }
            index += 1;
        })?;
        failure.map_or(Ok(tokens), Err)
    }
}

impl Hot for TryToken {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let jwt = call.text(0, "streamer", |streamer| {
            call.text(1, "identity", |identity| self.0.try_token(streamer, identity))
        })???;
        jwt.map_or_else(|| call.null(), |jwt| call.ascii(&jwt))
    }
}

impl Hot for StreamTryToken {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let jwt = call.text(0, "identity", |identity| self.0.try_token(identity))??;
        jwt.map_or_else(|| call.null(), |jwt| call.ascii(&jwt))
    }
}

impl Hot for AtOnce {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let options = call.options(2)?;
        let token = call.text(0, "streamer", |streamer| {
            call.text(1, "identity", |identity| self.0.token_at_once(streamer, identity, options))
        })???;
        token.map_or_else(|| call.null(), |token| call.token(&token))
    }
}

impl Hot for StreamAtOnce {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let options = call.options(1)?;
        let token =
            call.text(0, "identity", |identity| self.0.token_at_once(identity, options))??;
        token.map_or_else(|| call.null(), |token| call.token(&token))
    }
}

#[cfg(feature = "test-doors")]
struct Panicking;

#[cfg(feature = "test-doors")]
impl Hot for Panicking {
    fn call(&self, _: &Call) -> Result<sys::napi_value> {
        panic!("on purpose, behind a door for tests");
    }
}

#[cfg(feature = "test-doors")]
impl Drop for Panicking {
    fn drop(&mut self) {
        panic!("on purpose, behind a door for tests");
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// Why a call gives no value.
enum Failure {
    /// To be thrown.
    Error(Error),
    /// Node-API said no. An exception may be pending.
    Node(sys::napi_status),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

#[inline]
fn check(status: sys::napi_status) -> Result<()> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(Failure::Node(status)) }
}

/// One call in progress. Made only by [`enter`], so `env` is the one that calls and lives, and the
/// arguments are values of its open handle scope.
struct Call {
    env: sys::napi_env,
    arguments: [sys::napi_value; ARGUMENTS],
}

impl Call {
    /// Hands over the text of an argument. Refuses what has no UTF-8: Node would replace it, and two
    /// identities would become one.
    #[inline]
    fn text<R>(&self, index: usize, name: &str, with: impl FnOnce(&str) -> R) -> Result<R> {
        self.read(self.arguments[index], || name.to_owned(), with)
    }

    #[inline]
    fn read<R>(
        &self,
        value: sys::napi_value,
        name: impl Fn() -> String,
        with: impl FnOnce(&str) -> R,
    ) -> Result<R> {
        let mut buffer = [MaybeUninit::<u8>::uninit(); SHORT];
        let mut length = 0;
        // SAFETY: `env` and `value` are of this call; the buffer is as long as said, and outlives it.
        let status = unsafe {
            let start = buffer.as_mut_ptr().cast();
            sys::napi_get_value_string_utf8(self.env, value, start, SHORT, &mut length)
        };
        if status == sys::Status::napi_string_expected {
            let message = format!("{} must be a string", name());
            return Err(Error::new(ErrorKind::InvalidArgument, message).into());
        }
        check(status)?;
        // What did not fit ends before a character that would not have.
        if length + 4 >= SHORT {
            return self.read_long(value, name, with);
        }
        // SAFETY: Node-API has written `length` bytes, fewer than the buffer has.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length) };
        if !bytes.is_ascii() && self.is_ill_formed(value, bytes)? {
            return Err(ill_formed(&name()));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(with(text)),
            Err(_) => Err(ill_formed(&name())),
        }
    }

    #[cold]
    fn read_long<R>(
        &self,
        value: sys::napi_value,
        name: impl Fn() -> String,
        with: impl FnOnce(&str) -> R,
    ) -> Result<R> {
        String::from_utf16(&self.utf16(value)?)
            .map(|text| with(&text))
            .map_err(|_| ill_formed(&name()))
    }

    /// Whether a text had to be changed to become these bytes.
    #[cold]
    fn is_ill_formed(&self, value: sys::napi_value, bytes: &[u8]) -> Result<bool> {
        let replaced = "\u{fffd}".as_bytes();
        if !bytes.windows(replaced.len()).any(|part| part == replaced) {
            return Ok(false);
        }
        let units = self.utf16(value)?;
        Ok(char::decode_utf16(units).any(|unit| unit.is_err()))
    }

    fn utf16(&self, value: sys::napi_value) -> Result<Vec<u16>> {
        let mut length = 0;
        // SAFETY: `env` and `value` are of this call; without a buffer only the length is asked for.
        check(unsafe {
            sys::napi_get_value_string_utf16(self.env, value, ptr::null_mut(), 0, &mut length)
        })?;
        let mut units = vec![0_u16; length + 1];
        // SAFETY: as above, with a buffer as long as said: the text and its terminator.
        check(unsafe {
            let start = units.as_mut_ptr();
            sys::napi_get_value_string_utf16(self.env, value, start, units.len(), &mut length)
        })?;
        units.truncate(length);
        Ok(units)
    }

    /// The texts of an array.
    fn texts(&self, index: usize, name: &str) -> Result<Texts> {
        let array = self.arguments[index];
        let mut length = 0;
        // SAFETY: `env` and `array` are of this call.
        let status = unsafe { sys::napi_get_array_length(self.env, array, &mut length) };
        if status == sys::Status::napi_array_expected {
            let message = format!("{name} must be an array of strings");
            return Err(Error::new(ErrorKind::InvalidArgument, message).into());
        }
        check(status)?;
        let mut texts = Texts::default();
        let mut handles = Handles::open(self)?;
        for place in 0..length {
            handles.renew_at(place as usize)?;
            let mut value = ptr::null_mut();
            // SAFETY: as above.
            check(unsafe { sys::napi_get_element(self.env, array, place, &mut value) })?;
            self.read(value, || format!("{name}[{place}]"), |text| texts.push(text))?;
        }
        Ok(texts)
    }

    /// The promise that a caller asks for, if it does.
    fn options(&self, index: usize) -> Result<TokenOptions> {
        let mut ms = 0.0;
        // SAFETY: `env` and the argument are of this call.
        let status =
            unsafe { sys::napi_get_value_double(self.env, self.arguments[index], &mut ms) };
        if status == sys::Status::napi_number_expected {
            return Ok(TokenOptions::default());
        }
        check(status)?;
        let time = crate::time::from_ms(ms);
        let min_remaining =
            time.map_err(|error| Error::new(ErrorKind::InvalidArgument, error.reason.clone()))?;
        Ok(TokenOptions { min_remaining: Some(min_remaining), ..TokenOptions::default() })
    }

    /// A text of ASCII characters, as every token is.
    #[inline]
    fn ascii(&self, text: &str) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call; the text is as long as said, and is copied.
        check(unsafe {
            let length = text.len().cast_signed();
            sys::napi_create_string_latin1(self.env, text.as_ptr().cast(), length, &mut value)
        })?;
        Ok(value)
    }

    fn utf8(&self, text: &str) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: as in `ascii`.
        check(unsafe {
            let length = text.len().cast_signed();
            sys::napi_create_string_utf8(self.env, text.as_ptr().cast(), length, &mut value)
        })?;
        Ok(value)
    }

    fn double(&self, number: f64) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_create_double(self.env, number, &mut value) })?;
        Ok(value)
    }

    fn null(&self) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_get_null(self.env, &mut value) })?;
        Ok(value)
    }

    fn array(&self, length: usize) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_create_array_with_length(self.env, length, &mut value) })?;
        Ok(value)
    }

    fn set(&self, array: sys::napi_value, index: usize, token: &str) -> Result<()> {
        self.put(array, index, self.ascii(token)?)
    }

    fn put(&self, array: sys::napi_value, index: usize, value: sys::napi_value) -> Result<()> {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        // SAFETY: `env`, the array and the value are of this call.
        check(unsafe { sys::napi_set_element(self.env, array, index, value) })
    }

    /// A token with what is known of its grant.
    fn token(&self, token: &PlaybackToken) -> Result<sys::napi_value> {
        let mut values = vec![
            self.ascii(&token.jwt)?,
            self.double(to_ms(token.grant_remaining))?,
            self.ascii(token.freshness.as_str())?,
            self.double(number(token.generation))?,
        ];
        if let Some(reason) = &token.reason {
            values.extend([self.utf8(&code(reason))?, self.utf8(reason.message())?]);
        }
        let array = self.array(values.len())?;
        for (index, value) in values.into_iter().enumerate() {
            self.put(array, index, value)?;
        }
        Ok(array)
    }

    /// Throws, unless Node-API has.
    fn throw(&self, code: &str, message: &str) -> Result<()> {
        let (code, message) = (self.utf8(code)?, self.utf8(message)?);
        let mut error = ptr::null_mut();
        // SAFETY: `env` and the values are of this call.
        check(unsafe { sys::napi_create_error(self.env, code, message, &mut error) })?;
        // SAFETY: as above.
        check(unsafe { sys::napi_throw(self.env, error) })
    }
}

#[cold]
fn ill_formed(name: &str) -> Failure {
    let message = format!("{name} holds a lone surrogate, which no other language can read");
    Error::new(ErrorKind::InvalidUtf8, message).into()
}

/// Texts in one allocation.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.text[std::mem::replace(&mut start, end)..end])
    }
}

/// A handle scope that is renewed now and then, so that a call with a million values does not hold a
/// million handles.
struct Handles<'a> {
    call: &'a Call,
    scope: sys::napi_handle_scope,
}

impl<'a> Handles<'a> {
    fn open(call: &'a Call) -> Result<Self> {
        let mut scope = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_open_handle_scope(call.env, &mut scope) })?;
        Ok(Self { call, scope })
    }

    fn renew_at(&mut self, index: usize) -> Result<()> {
        if index % HANDLES == HANDLES - 1 {
            self.close();
            *self = Self::open(self.call)?;
        }
        Ok(())
    }

    fn close(&mut self) {
        let scope = std::mem::replace(&mut self.scope, ptr::null_mut());
        if !scope.is_null() {
            // SAFETY: the scope is the last that was opened, and is closed once. There is nothing to
            // do about a failure.
            unsafe { sys::napi_close_handle_scope(self.call.env, scope) };
        }
    }
}

impl Drop for Handles<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

/// Makes a function that carries `this` and drops it with itself.
fn function<'env, T: Hot>(env: &'env Env, name: &CStr, this: T) -> napi::Result<Unknown<'env>> {
    let data = Box::into_raw(Box::new(this)).cast::<c_void>();
    let mut value = ptr::null_mut();
    // SAFETY: `env` lives; `enter::<T>` finds the `T` that `data` points to.
    let mut status = unsafe {
        let length = name.count_bytes().cast_signed();
        sys::napi_create_function(
            env.raw(),
            name.as_ptr(),
            length,
            Some(enter::<T>),
            data,
            &mut value,
        )
    };
    if status == sys::Status::napi_ok {
        // SAFETY: the function was made right before; `forget::<T>` is called once, when it is gone.
        status = unsafe {
            let (hint, reference) = (ptr::null_mut(), ptr::null_mut());
            sys::napi_add_finalizer(env.raw(), value, data, Some(forget::<T>), hint, reference)
        };
    }
    if status != sys::Status::napi_ok {
        // SAFETY: no finalizer was added, and the function, if there is one, is reached by nobody.
        drop(unsafe { Box::from_raw(data.cast::<T>()) });
        return Err(napi::Error::from_status(status.into()));
    }
    // SAFETY: the value was made in this environment's open scope.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), value) })
}

/// The border: from Node's C++ into a [`Hot`].
///
/// # Safety
///
/// Called by Node-API as a function that [`function`] made with the same `T`.
unsafe extern "C" fn enter<T: Hot>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut call = Call { env, arguments: [ptr::null_mut(); ARGUMENTS] };
    let result = catch_unwind(AssertUnwindSafe(|| {
        let (mut count, mut data) = (ARGUMENTS, ptr::null_mut());
        // SAFETY: `env` and `info` are of this call; there is room for `count` arguments, and those
        // that were not given become undefined.
        check(unsafe {
            let arguments = call.arguments.as_mut_ptr();
            sys::napi_get_cb_info(env, info, &mut count, arguments, ptr::null_mut(), &mut data)
        })?;
        // SAFETY: the data of this function, which lives for as long as it does, and it is running.
        unsafe { &*data.cast::<T>() }.call(&call)
    }));
    let failed = match result {
        Ok(Ok(value)) => return value,
        Ok(Err(failure)) => failure,
        Err(_) => Failure::Error(Error::new(ErrorKind::Panic, ErrorKind::Panic.meaning())),
    };
    // A panic in here has nowhere to go but up; nothing in it can.
    let _ = catch_unwind(AssertUnwindSafe(|| match failed {
        Failure::Error(error) => call.throw(&code(&error), error.message()),
        Failure::Node(sys::Status::napi_pending_exception) => Ok(()),
        Failure::Node(status) => call.throw("GenericFailure", &format!("Node-API: {status}")),
    }));
    ptr::null_mut()
}

/// Drops what a function carried.
///
/// # Safety
///
/// Called by Node-API once, as the finalizer that [`function`] added with the same `T`.
unsafe extern "C" fn forget<T: Hot>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: `data` is the box that `function` made, and nobody calls the function any more.
    let this = unsafe { Box::from_raw(data.cast::<T>()) };
    // Core does not panic when it is dropped; if it did, the finalizer is no place to say so.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(this)));
}

//! One call of a function.

use napi::sys;

/// No function here takes more arguments: an identity, and four slots with their numbers.
pub(super) const ARGUMENTS: usize = 9;

/// One call in progress. Only `enter`, in `function.rs`, makes one: `env` is the environment that calls,
/// and the arguments are values of its open handle scope.
pub(crate) struct Call {
    pub(super) env: sys::napi_env,
    /// An argument that was not given is undefined.
    pub(super) arguments: [sys::napi_value; ARGUMENTS],
}

//! What the host knows of an account's limits: the arguments that minters and caches have for it.

use grantmint_core::AccountOptions;
use pyo3::PyResult;

use crate::argument::given;
use crate::builder::set_given;
use crate::number::{Count, Number};

/// The arguments `calls_per_second`, `burst` and `max_fetches`.
pub(crate) fn options(
    calls_per_second: Option<Number<'_>>,
    burst: Option<Count<'_>>,
    max_fetches: Option<Count<'_>>,
) -> PyResult<AccountOptions> {
    let mut options = AccountOptions::new();
    set_given!(options, {
        calls_per_second: given(calls_per_second, "calls_per_second")?,
        burst: given(burst, "burst")?.map(|calls| u32::try_from(calls).unwrap_or(u32::MAX)),
        max_fetches: given(max_fetches, "max_fetches")?
            .map(|fetches| usize::try_from(fetches).unwrap_or(usize::MAX)),
    });
    Ok(options)
}

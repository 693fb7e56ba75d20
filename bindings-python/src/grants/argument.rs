//! Reads the `grants=` argument of tokens and minters.

use grantmint_core::AccessTokenGrant;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::argument::wrong_type;
use crate::grants::custom::CustomGrant;
use crate::grants::playback::PlaybackGrant;
use crate::grants::text_grants::{
    ChatGrant, IpMessagingGrant, RtcGrant, SyncGrant, TaskRouterGrant, VideoGrant,
};
use crate::grants::voice::VoiceGrant;

/// The grants of a `grants=` argument: any iterable of them.
pub(crate) fn all(grants: Option<Bound<'_, PyAny>>) -> PyResult<Vec<AccessTokenGrant>> {
    let Some(grants) = grants else { return Ok(Vec::new()) };
    if is_one_value(&grants) {
        return Err(no_list(&grants));
    }
    let each = grants.try_iter().map_err(|_| no_list(&grants))?.enumerate();
    each.map(|(index, grant)| one_of_many(index, &grant?)).collect()
}

/// Whether Python can iterate over it although it is not meant as several grants.
fn is_one_value(grants: &Bound<'_, PyAny>) -> bool {
    grants.is_instance_of::<PyDict>()
        || grants.is_instance_of::<PyString>()
        || grants.is_instance_of::<PyBytes>()
}

fn no_list(grants: &Bound<'_, PyAny>) -> PyErr {
    if of_a_grant(grants).is_none() {
        let advice = r#": write grants=[VideoGrant(room="…")]; other JSON: CustomGrant"#;
        return wrong_type(grants.as_borrowed(), "grants", "a list of grants", advice);
    }
    match grants.get_type().name() {
        Ok(class) => {
            PyTypeError::new_err(format!("grants must be a list: write grants=[{class}(…)]"))
        }
        Err(error) => error,
    }
}

/// One of the `grants`.
fn one_of_many(index: usize, grant: &Bound<'_, PyAny>) -> PyResult<AccessTokenGrant> {
    of_a_grant(grant).unwrap_or_else(|| {
        let (name, needed) =
            (format!("grants[{index}]"), r#"a grant such as VideoGrant(room="…")"#);
        Err(wrong_type(grant.as_borrowed(), &name, needed, "; other JSON: CustomGrant"))
    })
}

macro_rules! of_each_class {
    ($value:ident: $($class:ident),+ $(,)?) => {
        $(if let Ok(grant) = $value.cast::<$class>() {
            return Some(grant.get().to_core());
        })+
    };
}

/// What core makes of a grant; none for any other object.
fn of_a_grant(value: &Bound<'_, PyAny>) -> Option<PyResult<AccessTokenGrant>> {
    of_each_class!(value: VideoGrant, VoiceGrant, ChatGrant, SyncGrant, TaskRouterGrant);
    of_each_class!(value: RtcGrant, IpMessagingGrant, PlaybackGrant, CustomGrant);
    None
}

//! Reads the `grants=` argument of tokens and minters.

use grantmint_core::AccessTokenGrant;
use pyo3::prelude::*;

use crate::grants::custom::CustomGrant;
use crate::grants::playback::PlaybackGrant;
use crate::grants::text_grants::{
    ChatGrant, IpMessagingGrant, RtcGrant, SyncGrant, TaskRouterGrant, VideoGrant,
};
use crate::grants::voice::VoiceGrant;

/// Any grant.
struct AnyGrant(AccessTokenGrant);

macro_rules! from_each_grant {
    ($value:ident: $($name:ident),+) => {
        $(if let Ok(grant) = $value.cast::<$name>() {
            return grant.get().to_core().map(AnyGrant);
        })+
    };
}

impl<'a, 'py> FromPyObject<'a, 'py> for AnyGrant {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        from_each_grant!(value: VideoGrant, VoiceGrant, ChatGrant, SyncGrant, TaskRouterGrant);
        from_each_grant!(value: RtcGrant, IpMessagingGrant, CustomGrant);
        value.cast::<PlaybackGrant>()?.get().to_core().map(Self)
    }
}

/// The grants of a `grants=` argument: any iterable of them.
pub(crate) fn all(grants: Option<Bound<'_, PyAny>>) -> PyResult<Vec<AccessTokenGrant>> {
    let Some(grants) = grants else { return Ok(Vec::new()) };
    grants.try_iter()?.map(|grant| grant?.extract::<AnyGrant>().map(|any| any.0)).collect()
}

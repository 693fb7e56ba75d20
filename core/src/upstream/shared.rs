//! The connections that all clients of a process share who reach upstream in the same way.

use std::ops::Deref;
use std::sync::Arc;

use super::offline;
use super::route::Route;
use super::transport::{IDLE_MAX, Transport};
use crate::clock::{Clock, Now, nanos};
use crate::error::Result;
use crate::fork::Inherited;
use crate::net::Certificates;
use crate::shelf::{Lease, Lingers, Shelf, Size};

/// A way to upstream, shared or not.
pub(crate) enum SharedTransport {
    Common(Lease<Way, Arc<Transport>>),
    Alone(Arc<Transport>),
}

/// What must be the same for connections to be shared.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Way {
    base_url: Box<str>,
    proxy: Option<Box<str>>,
    certificates: Option<[u8; 32]>,
    is_offline: bool,
}

impl SharedTransport {
    /// The connections of all who reach upstream in this way.
    pub(crate) fn find(route: &Route) -> Result<Self> {
        let certificates = route.ca_file().map(Certificates::read).transpose()?;
        let way = Way {
            base_url: route.base_url().into(),
            proxy: route.proxy().map(Into::into),
            certificates: certificates.as_ref().map(Certificates::digest),
            is_offline: offline::keeps_from(route),
        };
        let make = || Transport::new(route, certificates.as_ref(), way.is_offline);
        Ok(Self::Common(ways().try_lease(&way, make)?))
    }

    /// Connections of its own.
    pub(crate) fn alone(route: &Route) -> Result<Self> {
        let certificates = route.ca_file().map(Certificates::read).transpose()?;
        let is_offline = offline::keeps_from(route);
        Ok(Self::Alone(Transport::new(route, certificates.as_ref(), is_offline)?))
    }
}

/// Closes the connections that no client has a use for now.
pub(crate) fn close_unused() {
    ways().forget();
}

fn ways() -> Arc<Shelf<Way, Arc<Transport>>> {
    static WAYS: Inherited<Shelf<Way, Arc<Transport>>> = Inherited::new();
    WAYS.get(|| Shelf::new(Clock::system()))
}

/// Without a client they are kept as long as one may be idle.
impl Lingers for Arc<Transport> {
    const LIMIT: Size = Size { places: 64, entries: usize::MAX, bytes: usize::MAX };
    const IS_WATCHED: bool = true;

    fn kept_until(&self, left: u64, _now: Now) -> u64 {
        left.saturating_add(nanos(IDLE_MAX))
    }
}

impl Deref for SharedTransport {
    type Target = Arc<Transport>;

    fn deref(&self) -> &Arc<Transport> {
        match self {
            Self::Common(lease) => lease,
            Self::Alone(transport) => transport,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn find(url: &str, proxy: Option<&str>, ca_file: Option<PathBuf>) -> SharedTransport {
        let route = Route::new(url, proxy.map(Into::into), ca_file).unwrap();
        SharedTransport::find(&route).unwrap()
    }

    #[test]
    fn those_who_reach_upstream_in_the_same_way_share_its_connections() {
        let one = find("https://a.example", None, None);
        assert!(Arc::ptr_eq(&one, &find("https://A.example/", None, None)));
        for other in [
            find("https://b.example", None, None),
            find("https://a.example", Some("http://127.0.0.1:1"), None),
            SharedTransport::alone(&Route::new("https://a.example", None, None).unwrap()).unwrap(),
        ] {
            assert!(!Arc::ptr_eq(&one, &other));
        }
        let (before, url) = (Arc::as_ptr(&one), "https://a.example");
        drop(one);
        assert_eq!(Arc::as_ptr(&find(url, None, None)), before, "kept for the next");
    }
}

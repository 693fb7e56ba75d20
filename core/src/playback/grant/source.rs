//! What fetches playback grants: the built-in client, or the host's own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::fetched::Fetched;
use super::request::GrantRequest;
use crate::cache::Ticket;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Source;
use crate::watch;

/// Fetches playback grants from anywhere: another service, or a test. Called on one of the library's
/// own fetcher threads, on up to four of them simultaneously for one cache.
///
/// # Example: grants from somewhere else
///
/// ```
/// use std::time::Duration;
/// use grantmint_core::{Fetched, GrantRequest, GrantSource, Result};
///
/// struct Fixed;
///
/// impl GrantSource for Fixed {
///     fn fetch(&self, request: &GrantRequest, _timeout: Duration) -> Result<Fetched> {
///         let streamer = request.streamer();
///         Fetched::new(format!(r#"{{"playerStreamerSid":"{streamer}"}}"#))
///     }
/// }
/// ```
pub trait GrantSource: Send + Sync {
    /// Fetches one grant within `timeout`. A later result may still be of use, an endless fetch
    /// keeps a fetcher thread.
    ///
    /// # Errors
    ///
    /// Any; all callers who wait for this fetch receive it.
    /// [`ErrorKind::Throttled`] with `retry_after` starts a cool-down of the whole account for that
    /// time; beside another error that a retry can help it keeps the stream off, 5 minutes at most.
    fn fetch(&self, request: &GrantRequest, timeout: Duration) -> Result<Fetched>;
}

/// Fetches playback grants without keeping a thread meanwhile: it is handed a ticket, and completes or
/// fails it right there or later, from any thread. Every [`GrantSource`] is one that does so right
/// there.
///
/// How many of its fetches may be in flight together is up to it; the account's rate limit bounds how
/// many are begun.
///
/// # Example: fetch on a thread of one's own
///
/// ```
/// use grantmint_core::{AsyncGrantSource, Fetched, GrantRequest, SourceTicket};
///
/// struct Elsewhere;
///
/// impl AsyncGrantSource for Elsewhere {
///     fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
///         let grant = format!(r#"{{"playerStreamerSid":"{}"}}"#, request.streamer());
///         std::thread::spawn(move || match Fetched::new(grant) {
///             Ok(fetched) => ticket.complete(fetched),
///             Err(error) => ticket.fail(error),
///         });
///     }
/// }
/// ```
pub trait AsyncGrantSource: Send + Sync {
    /// Begins to fetch one grant. Called on one of the library's own fetcher threads, which it
    /// should not keep.
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket);

    /// Whether [`AsyncGrantSource::begin_fetch`] does nothing but hand the ticket on. Then it is called
    /// on the caller's thread, also inside of a call that must not block, and no thread is started for
    /// it. Nor does the request count as sent: whoever is handed the ticket calls [`SourceTicket::start`].
    fn hands_on(&self) -> bool {
        false
    }
}

impl<S: GrantSource + ?Sized> GrantSource for Arc<S> {
    fn fetch(&self, request: &GrantRequest, timeout: Duration) -> Result<Fetched> {
        (**self).fetch(request, timeout)
    }
}

impl<S: GrantSource + ?Sized> GrantSource for Box<S> {
    fn fetch(&self, request: &GrantRequest, timeout: Duration) -> Result<Fetched> {
        (**self).fetch(request, timeout)
    }
}

/// A source that is a closure.
///
/// # Examples
///
/// ```
/// use grantmint_core::{ApiKey, Fetched, PlaybackMinter, source_fn};
///
/// # let key = ApiKey::new(
/// #     "AC00000000000000000000000000000001",
/// #     "SK00000000000000000000000000000002",
/// #     "the secret shown once in the console",
/// # )?;
/// let source = source_fn(|_, _| Fetched::new(r#"{"playbackUrl":"https://example.com/"}"#));
/// let live = PlaybackMinter::builder(&key).source(source).build()?;
/// let token = live.token("VJ00000000000000000000000000000001", "alice")?;
/// # let _ = token;
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn source_fn<F>(fetch: F) -> impl GrantSource
where
    F: Fn(&GrantRequest, Duration) -> Result<Fetched> + Send + Sync,
{
    SourceFn(fetch)
}

struct SourceFn<F>(F);

impl<F> GrantSource for SourceFn<F>
where
    F: Fn(&GrantRequest, Duration) -> Result<Fetched> + Send + Sync,
{
    fn fetch(&self, request: &GrantRequest, timeout: Duration) -> Result<Fetched> {
        self.0(request, timeout)
    }
}

impl<S: GrantSource> AsyncGrantSource for S {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        match self.fetch(request, ticket.timeout()) {
            Ok(fetched) => ticket.complete(fetched),
            Err(error) => ticket.fail(error),
        }
    }
}

/// A source of playback grants, as those who fetch for a cache know it.
pub(crate) struct ForKeys(pub(crate) Arc<dyn AsyncGrantSource>);

impl Source for ForKeys {
    fn begin_fetch(&self, ticket: Ticket, timeout: Duration) {
        match GrantRequest::of_key(ticket.key()) {
            Ok(request) => self.0.begin_fetch(&request, SourceTicket::new(ticket, timeout)),
            Err(error) => ticket.fail(error),
        }
    }

    fn hands_on(&self) -> bool {
        self.0.hands_on()
    }
}

/// The right to run one fetch of a playback grant, for all who wait for it. One that is dropped ends
/// the fetch as [`ErrorKind::Abandoned`], or as [`ErrorKind::SourceFailed`] if a panic dropped it.
#[must_use = "a dropped ticket ends its fetch without an outcome"]
pub struct SourceTicket {
    /// Taken when it is brought to an end.
    ticket: Option<Ticket>,
    timeout: Duration,
}

impl SourceTicket {
    /// For a fetch that has this long, to be over or to be started.
    fn new(ticket: Ticket, timeout: Duration) -> Self {
        Self { ticket: Some(ticket), timeout }
    }

    /// Has the request count as sent now, and says how long it has. Only a ticket that is handed on has to be
    /// started ([`AsyncGrantSource::hands_on`]): call it right before sending, since the grant's lifetime counts
    /// from here. None if the request may not be sent: the fetch has ended, because it was not started within
    /// [`SourceTicket::timeout`], because its stream was invalidated, or because of a 429 that came meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// use grantmint_core::{Fetched, SourceTicket};
    ///
    /// fn run(mut ticket: SourceTicket) {
    ///     if ticket.start().is_some() {
    ///         match Fetched::new(r#"{"playbackUrl":"https://example.com/"}"#) {
    ///             Ok(fetched) => ticket.complete(fetched),
    ///             Err(error) => ticket.fail(error),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn start(&mut self) -> Option<Duration> {
        self.timeout = self.ticket.as_mut()?.start_now()?;
        Some(self.timeout)
    }

    /// How long the fetch has; before it is started, how long it may wait for that. A little later its waiters are
    /// told that it timed out; a grant that comes even then may still be stored.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The lifetime that was asked for, which is the longest that the grant may have.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        self.ticket.as_ref().map_or(Duration::ZERO, |ticket| ticket.key().ttl())
    }

    /// Whether a grant that is still good is being replaced.
    #[must_use]
    pub fn is_refresh(&self) -> bool {
        self.ticket.as_ref().is_some_and(Ticket::is_refresh)
    }

    /// Ends the fetch with a grant. Its lifetime counts from when this ticket was handed out or started; from now, if
    /// it was to be started and was not. One above
    /// [`SourceTicket::ttl`] ends the fetch as [`ErrorKind::SourceFailed`].
    pub fn complete(mut self, fetched: Fetched) {
        let Some(ticket) = self.ticket.take() else { return };
        ticket.note_clock(fetched.seen.clock_offset_ms, fetched.seen.has_implausible_date);
        let asked = ticket.key().ttl();
        ticket.complete(fetched.grant, fetched.ttl.unwrap_or(asked));
    }

    /// Ends the fetch with an error for all who wait.
    pub fn fail(mut self, error: Error) {
        if let Some(ticket) = self.ticket.take() {
            ticket.fail(error);
        }
    }
}

impl Drop for SourceTicket {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take()
            && std::thread::panicking()
        {
            ticket.fail(Error::new(ErrorKind::SourceFailed, "the source of grants panicked"));
        }
        // If what it brought is kept warm, the watching thread has its refresh to see to.
        watch::look_again();
    }
}

impl fmt::Debug for SourceTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceTicket").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

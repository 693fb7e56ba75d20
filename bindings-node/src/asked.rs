//! What a call of JavaScript waits for: a token, a grant of a cache, a credential, or ICE servers.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use grantmint_core::{
    Hit, IceCredentials, IceFuture, Issued, IssuedFuture, PlaybackToken, Result, TokenFuture,
};

/// A call that waits. Dropping it ends the wait, never the fetch.
pub(crate) enum Asked {
    Token(TokenFuture),
    Grant(Pin<Box<dyn Future<Output = Result<Hit>> + Send>>),
    Issued(IssuedFuture),
    Ice(IceFuture),
}

/// How a call has ended.
pub(crate) enum Answer {
    Token(Result<PlaybackToken>),
    Grant(Result<Hit>),
    Issued(Result<Issued>),
    Ice(Result<IceCredentials>),
}

impl Asked {
    /// The answer, if there is one now; else the call is woken when there may be one.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Option<Answer> {
        let mut context = Context::from_waker(waker);
        let polled = match self {
            Self::Token(token) => token.as_mut().poll(&mut context).map(Answer::Token),
            Self::Grant(grant) => grant.as_mut().poll(&mut context).map(Answer::Grant),
            Self::Issued(issued) => issued.as_mut().poll(&mut context).map(Answer::Issued),
            Self::Ice(issued) => issued.as_mut().poll(&mut context).map(Answer::Ice),
        };
        match polled {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }
}

//! What is written, and where: results to stdout, all else to stderr.

mod messages;
mod progress;
mod results;
mod stdout;
mod style;

pub(crate) use messages::Messages;
pub(crate) use progress::Progress;
pub(crate) use results::Results;
pub(crate) use stdout::Stdout;
pub(crate) use style::{Mark, Style};

//! The page's web server: connections on loopback, each request checked before its body is read.

mod answer;
mod body;
mod checks;
mod connections;
mod peer;

pub(super) use answer::{Answer, Problem, of_file, of_json, of_text};
pub(super) use checks::{AllowedHosts, Need};
pub(super) use connections::{Service, listen};

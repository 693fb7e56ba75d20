//! The options of a fleet whose processes share through a server.

use grantmint_core::{Error, ErrorKind, Fleet, Result};

use crate::options::Options;
use crate::str::grantmint_str_t;
use crate::switch::switch;
use crate::time;

/// The options of a fleet that shares through a server. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_redis_fleet_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_REDIS_FLEET_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The folder through which the processes of each machine share first, as of `grantmint_fleet_host`;
    /// not with `host` off.
    pub host_path: grantmint_str_t,
    /// What the names of all keys begin with after `grantmint`: up to 64 letters, digits, dots, dashes
    /// and underscores. Processes share only with those of the same prefix.
    pub prefix: grantmint_str_t,
    /// As of `grantmint_fleet_with_secret`; none by default.
    pub secret: grantmint_str_t,
    /// The path of a PEM file with the certificate authorities to trust instead of the built-in ones. It
    /// is read when a minter or cache is made.
    pub ca_file: grantmint_str_t,
    /// How many milliseconds an answer of the server is waited for: 10 to 2,000, 250 by default.
    pub timeout_ms: u32,
    /// Whether the processes of each machine share through a folder first, so that one of them talks to
    /// the server for all: a `grantmint_switch_t`, on by default.
    pub host: i32,
    /// Whether `redis://` may name another machine: a `grantmint_switch_t`, off by default. Who listens
    /// on the way learns the password, when grants end and how often they are fetched, and no grant.
    pub insecure: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_redis_fleet_options_t {}

impl grantmint_redis_fleet_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [strings]
    pub(crate) unsafe fn configure(self, fleet: Fleet) -> Result<Fleet> {
        let host = switch(self.host, "host")? != Some(false);
        let insecure = switch(self.insecure, "insecure")? == Some(true);
        // SAFETY: [strings]
        let (host_path, prefix, secret, ca_file) = unsafe {
            (
                self.host_path.text("host_path")?,
                self.prefix.text("prefix")?,
                self.secret.bytes("secret")?,
                self.ca_file.optional("ca_file")?,
            )
        };
        let mut fleet = if host { fleet } else { fleet.without_host()? };
        // What is empty and not null was meant to be a path or a secret, and is refused.
        if !self.host_path.data.is_null() {
            if !host {
                let what = "has no effect with host off";
                return Err(Error::of_argument(ErrorKind::InvalidArgument, "host_path", what));
            }
            let set = fleet.host_path(host_path);
            fleet = set.map_err(|error| error.with_argument("host_path"))?;
        }
        if !self.secret.data.is_null() {
            fleet = fleet.secret(secret)?;
        }
        if let Some(path) = ca_file {
            fleet = fleet.ca_file(path)?;
        }
        if let Some(timeout) = time::optional(self.timeout_ms) {
            fleet = fleet.timeout(timeout)?;
        }
        if insecure {
            fleet = fleet.insecure()?;
        }
        // Of a fleet that could never be used its maker is told at once.
        let fleet = fleet.prefix(prefix)?;
        fleet.place()?;
        Ok(fleet)
    }
}

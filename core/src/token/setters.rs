//! The options that tokens of every kind have, as methods of their builders.

/// Writes the methods of a builder with the fields `options` and `clock`, so that the builders of
/// one token and of many cannot differ.
macro_rules! token_setters {
    () => {
        /// Adds a grant.
        pub fn grant(mut self, grant: impl Into<AccessTokenGrant>) -> Self {
            self.options.grants.push(grant.into());
            self
        }

        /// Adds grants.
        pub fn grants(mut self, grants: impl IntoIterator<Item = AccessTokenGrant>) -> Self {
            self.options.grants.extend(grants);
            self
        }

        /// How long a token lives, in seconds: 1 to 86,400, 3,600 if not set. Excludes a
        /// `valid_until`, where there is one.
        pub fn ttl(mut self, seconds: u64) -> Self {
            self.options.ttl = Some(seconds);
            self
        }

        /// The Unix second before which a token is not valid, earlier than its end. Left out if not
        /// set, as clocks differ.
        pub fn nbf(mut self, unix_seconds: u64) -> Self {
            self.options.nbf = Some(unix_seconds);
            self
        }

        /// Whether each token has a `jti` of its own, as the last claim, in place of Twilio's
        /// `{key SID}-{Unix seconds}`, which all tokens of one key and second share.
        pub fn unique(mut self, unique: bool) -> Self {
            self.options.unique = unique;
            self
        }

        /// Where the time comes from: the machine, if not set.
        pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
            self.clock = clock.into();
            self
        }
    };
}

pub(super) use token_setters;

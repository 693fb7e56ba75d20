//! Options that builders of several kinds have, as methods: what they say and do cannot differ.

/// Writes the methods of how upstream is reached, of a builder with the fields `proxy` and `ca_file`, or of one that has
/// them within another field.
macro_rules! route_setters {
    ($($field:ident)?) => {
        /// The URL of an HTTP proxy; the environment's is not read.
        #[must_use]
        pub fn proxy(mut self, url: impl Into<String>) -> Self {
            self.$($field.)?proxy = Some(url.into());
            self
        }

        /// A PEM file with the certificate authorities to trust instead of the built-in ones.
        #[must_use]
        pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
            self.$($field.)?ca_file = Some(path.into());
            self
        }
    };
}

/// Writes the methods of who shares a cache and how it is asked, of a builder with the fields `defaults`, `account` and
/// `sharing`. What some of them mean depends on what is cached, and stands where they are asked for.
macro_rules! sharing_setters {
    (
        $(#[$min_remaining:meta])* min_remaining;
        $(#[$account:meta])* account;
        $(#[$share:meta])* share;
        $(#[$fleet:meta])* fleet;
    ) => {
        $(#[$min_remaining])*
        #[must_use]
        pub fn min_remaining(mut self, time: Duration) -> Self {
            self.defaults.min_remaining = Some(time);
            self
        }

        /// How long a call waits; 5 s by default.
        #[must_use]
        pub fn timeout(mut self, time: Duration) -> Self {
            self.defaults.timeout = Some(time);
            self
        }

        $(#[$account])*
        #[must_use]
        pub fn account(mut self, options: AccountOptions) -> Self {
            self.account = options;
            self
        }

        /// Uses this cache.
        #[must_use]
        pub fn cache(mut self, cache: &GrantCache) -> Self {
            self.sharing.cache = Some(cache.clone());
            self
        }

        $(#[$share])*
        #[must_use]
        pub fn share(mut self, name: impl Into<String>) -> Self {
            self.sharing.share = Some(name.into());
            self
        }

        /// Shares the cache with nobody. The account's cool-down and rate limit are shared all the same.
        #[must_use]
        pub fn isolated(mut self) -> Self {
            self.sharing.isolated = true;
            self
        }

        /// The windows and limits of the cache.
        #[must_use]
        pub fn policy(mut self, policy: CachePolicy) -> Self {
            self.sharing.policy = Some(policy);
            self
        }

        $(#[$fleet])*
        #[must_use]
        pub fn fleet(mut self, fleet: Fleet) -> Self {
            self.sharing.fleet = Some(fleet);
            self
        }

        /// Another clock, for tests. Nothing is then shared with others.
        #[must_use]
        pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
            self.sharing.clock = Some(clock.into());
            self
        }
    };
}

pub(crate) use {route_setters, sharing_setters};

//! Chat in its two generations, and the state shared beside it.

use super::personal::Personal;
use super::writer::ObjectWriter;
use crate::error::Result;
use crate::sid::SidKind;
use crate::wiped::WipedString;

/// The two generations of chat differ in their key alone.
macro_rules! chat_grant {
    ($(#[$doc:meta])* $name:ident, $key:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            service_sid: String,
            endpoint_id: Personal,
            deployment_role_sid: String,
            push_credential_sid: String,
        }

        impl $name {
            pub(in crate::token) const KEY: &'static str = $key;

            /// A grant for no service yet.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// The service, `IS…`.
            #[must_use]
            pub fn service_sid(mut self, sid: impl Into<String>) -> Self {
                self.service_sid = sid.into();
                self
            }

            /// A name for the device and user. `Debug` does not show it.
            #[must_use]
            pub fn endpoint_id(mut self, id: impl Into<String>) -> Self {
                self.endpoint_id = Personal(id.into());
                self
            }

            /// The role in the deployment, `RL…`.
            #[must_use]
            pub fn deployment_role_sid(mut self, sid: impl Into<String>) -> Self {
                self.deployment_role_sid = sid.into();
                self
            }

            /// The push credential for notifications, `CR…`.
            #[must_use]
            pub fn push_credential_sid(mut self, sid: impl Into<String>) -> Self {
                self.push_credential_sid = sid.into();
                self
            }

            pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
                let mut object = ObjectWriter::new(Self::KEY, out);
                object.sid(SidKind::Service, "service_sid", &self.service_sid)?;
                object.text("endpoint_id", &self.endpoint_id.0);
                object.sid(SidKind::Role, "deployment_role_sid", &self.deployment_role_sid)?;
                object.sid(
                    SidKind::PushCredential,
                    "push_credential_sid",
                    &self.push_credential_sid,
                )?;
                object.end();
                Ok(())
            }
        }
    };
}

chat_grant! {
    /// Lets its holder chat; the Conversations SDK takes the same grant.
    ///
    /// # Example: one service
    ///
    /// ```
    /// use grantmint_core::ChatGrant;
    ///
    /// let grant = ChatGrant::new()
    ///     .service_sid("IS00000000000000000000000000000003")
    ///     .endpoint_id("HelpDesk:alice:phone");
    /// assert_ne!(grant, ChatGrant::new());
    /// ```
    ChatGrant, "chat"
}

chat_grant! {
    /// Legacy: the predecessor of [`ChatGrant`], with the same fields.
    ///
    /// # Example: one service
    ///
    /// ```
    /// use grantmint_core::IpMessagingGrant;
    ///
    /// let grant = IpMessagingGrant::new().service_sid("IS00000000000000000000000000000003");
    /// assert_ne!(grant, IpMessagingGrant::new());
    /// ```
    IpMessagingGrant, "ip_messaging"
}

/// Lets its holder read and write the state of a Sync service.
///
/// # Example: one service
///
/// ```
/// use grantmint_core::SyncGrant;
///
/// let grant = SyncGrant::new().service_sid("IS00000000000000000000000000000003");
/// assert_ne!(grant, SyncGrant::new());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncGrant {
    service_sid: String,
    endpoint_id: Personal,
}

impl SyncGrant {
    pub(in crate::token) const KEY: &'static str = "data_sync";

    /// A grant for no service yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The service, `IS…`.
    #[must_use]
    pub fn service_sid(mut self, sid: impl Into<String>) -> Self {
        self.service_sid = sid.into();
        self
    }

    /// A name for the device and user. `Debug` does not show it.
    #[must_use]
    pub fn endpoint_id(mut self, id: impl Into<String>) -> Self {
        self.endpoint_id = Personal(id.into());
        self
    }

    pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
        let mut object = ObjectWriter::new(Self::KEY, out);
        object.sid(SidKind::Service, "service_sid", &self.service_sid)?;
        object.text("endpoint_id", &self.endpoint_id.0);
        object.end();
        Ok(())
    }
}

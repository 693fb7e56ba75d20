//! Grants: what a token lets its holder do. One file per grant of Twilio, one for all others.

mod video;

mod voice;

mod chat;

mod sync;

mod task_router;

mod rtc;

mod playback;

mod custom;

pub(crate) mod grant;

pub use chat::*;
pub use custom::*;
pub use grant::*;
pub use playback::*;
pub use rtc::*;
pub use sync::*;
pub use task_router::*;
pub use video::*;
pub use voice::*;

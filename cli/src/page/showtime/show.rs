//! What a show is: who comes, how fast, and by which ways they are let in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::page::server::Problem;

const VIEWERS_MAX: u32 = 20_000;
const WITHIN_MAX_S: u32 = 60;
/// Viewers are spread over as many streams.
const STREAMS: u32 = 3;

/// How viewers get their tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// All through one minter of the library.
    Grantmint,
    /// A call upstream for each.
    CallEach,
}

/// A show, as the page asks for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Show {
    pub(super) viewers: u32,
    /// The time within which they come, in seconds.
    pub(super) within_s: u32,
    pub(super) ways: Vec<Way>,
}

impl Show {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let wrong = |field, message| Err(Problem::new(422, "show", message).at(field));
        if !(1..=VIEWERS_MAX).contains(&self.viewers) {
            return wrong("viewers", "Viewers are 1 to 20,000.");
        }
        if !(1..=WITHIN_MAX_S).contains(&self.within_s) {
            return wrong("within_s", "They come within 1 to 60 seconds.");
        }
        match self.ways[..] {
            [_] => Ok(()),
            [one, other] if one != other => Ok(()),
            _ => wrong("ways", "There are two ways: one of them, or both."),
        }
    }

    pub(super) fn streams(&self) -> u32 {
        STREAMS.min(self.viewers)
    }

    /// The stream that a viewer watches.
    pub(super) fn streamer(&self, viewer: u32) -> String {
        format!("VJ{:032x}", viewer % self.streams() + 1)
    }

    /// When a viewer comes, counted from the begin.
    pub(super) fn due(&self, viewer: u32) -> Duration {
        Duration::from_secs(self.within_s.into()) * viewer / self.viewers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(json: &str) -> Result<Show, String> {
        let show: Show = serde_json::from_str(json).map_err(|error| error.to_string())?;
        show.check().map_err(|problem| problem.field.unwrap_or_default())?;
        Ok(show)
    }

    #[test]
    fn a_show_is_held_to_its_bounds() {
        let show_of = |viewers: &str, within: &str, ways: &str| {
            show(&format!(r#"{{"viewers":{viewers},"within_s":{within},"ways":{ways}}}"#))
        };
        assert!(show_of("1", "1", r#"["grantmint"]"#).is_ok());
        assert!(show_of("20000", "60", r#"["call_each","grantmint"]"#).is_ok());
        assert_eq!(show_of("0", "1", r#"["grantmint"]"#).unwrap_err(), "viewers");
        assert_eq!(show_of("20001", "1", r#"["grantmint"]"#).unwrap_err(), "viewers");
        assert_eq!(show_of("1", "61", r#"["grantmint"]"#).unwrap_err(), "within_s");
        assert_eq!(show_of("1", "1", "[]").unwrap_err(), "ways");
        assert_eq!(show_of("1", "1", r#"["grantmint","grantmint"]"#).unwrap_err(), "ways");
        assert!(show_of("-1", "1", r#"["grantmint"]"#).is_err());
        assert!(
            show(r#"{"viewers":1,"within_s":1,"ways":["grantmint"],"url":"http://x"}"#).is_err()
        );
    }

    #[test]
    fn viewers_come_evenly_to_all_streams() {
        let show = show(r#"{"viewers":20000,"within_s":10,"ways":["grantmint"]}"#).unwrap();
        assert_eq!(show.due(0), Duration::ZERO);
        assert_eq!(show.due(10_000), Duration::from_secs(5));
        assert_ne!(show.streamer(0), show.streamer(1));
        assert_eq!(show.streamer(0), show.streamer(3));
    }
}

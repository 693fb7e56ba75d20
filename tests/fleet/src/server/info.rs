//! What a server says of itself.

use grantmint_redis::{Redis, Reply};

use super::Failure;

pub(super) struct Info {
    /// The time of a processor that it has taken, in seconds.
    pub(super) processor: f64,
    /// How many scripts it has run.
    pub(super) questions: f64,
}

impl Info {
    pub(super) fn of(redis: &Redis) -> Result<Self, Failure> {
        let said = text(redis.ask(["INFO", "everything"]))?;
        let figure = |name: &str| {
            let rest = said.lines().find_map(|line| line.strip_prefix(name));
            rest.and_then(|rest| rest.split(',').next()?.parse::<f64>().ok())
        };
        let processor = ["used_cpu_sys:", "used_cpu_user:"].map(figure);
        let questions = ["cmdstat_eval:calls=", "cmdstat_evalsha:calls="].map(figure);
        let [Some(system), Some(user)] = processor else {
            return Err("the server does not say what it has taken".into());
        };
        let questions = questions.into_iter().flatten().sum();
        Ok(Self { processor: system + user, questions })
    }
}

/// The text that a server has answered.
pub(super) fn text(reply: Reply) -> Result<String, Failure> {
    match reply {
        Reply::Text(text) => Ok(String::from_utf8(text)?),
        other => Err(format!("the server answers {other:?}").into()),
    }
}

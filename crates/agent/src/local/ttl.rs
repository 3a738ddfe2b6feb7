//! Checks that wait to be told how they are. Their clocks run where all checks are carried out.

use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_calls::agent::AgentError;

use super::State;

/// What a check was told, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it was told it printed, cut to the bound.
    pub output: String,
    /// How long it stays so.
    pub ttl: Duration,
}

impl State {
    /// Tells a check with a time to live how it is; outputs are cut at so many bytes unless the check itself has a lower bound.
    pub fn tell(
        &mut self,
        id: &str,
        status: &str,
        output: &str,
        output_max: usize,
        now: Instant,
        rng: &mut Rng,
    ) -> Result<Told, AgentError> {
        let held = self.checks.get_mut(id);
        let ttl = |how: &proconsul_types::registration::CheckRegistration| u64::try_from(how.ttl).unwrap_or(0);
        let how = held.as_ref().and_then(|held| held.registration.clone()).filter(|how| ttl(how) > 0);
        let (Some(held), Some(how)) = (held, how) else { return Err(AgentError::NoTtl(id.to_owned())) };
        held.told += 1;
        let own = usize::try_from(how.output_max_size).ok().filter(|own| *own > 0);
        let output = cut(output, own.map_or(output_max, |own| own.min(output_max)));
        self.update_check(id, status, &output, now, rng);
        self.duties_changed();
        Ok(Told { output, ttl: Duration::from_nanos(ttl(&how)) })
    }
}

/// At most so many bytes of an output, with a word about the rest.
fn cut(output: &str, most: usize) -> String {
    if output.len() <= most {
        return output.to_owned();
    }
    // Never in the middle of a character.
    let end = (0..=most).rev().find(|end| output.is_char_boundary(*end)).unwrap_or(0);
    format!("{} ... (captured {most} of {} bytes)", &output[..end], output.len())
}

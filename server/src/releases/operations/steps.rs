//! How far an operation is, step by step.

use crate::clock::Instant;
use shared::operation::{StepName, StepState};

/// A step that fails in a way that passes is begun anew so often; with its pauses, about four minutes.
const MOST_TRIES: u32 = 7;
/// The same while the cluster is away: about an hour.
const MOST_TRIES_AWAY: u32 = 64;

/// One step of an operation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepRecord {
    /// Which.
    pub name: StepName,
    /// How far.
    pub state: StepState,
    /// When it was first begun.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// How often it failed in a way that passes.
    pub tries: u32,
    /// How often it found the cluster away.
    #[serde(default)]
    pub tries_away: u32,
}

/// The steps of an operation, in their order; stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Steps(pub Vec<StepRecord>);

impl Steps {
    /// All steps before their beginning.
    pub fn new(names: &[StepName]) -> Self {
        Self(names.iter().map(|&name| StepRecord::new(name)).collect())
    }

    /// Reads what is stored; rows are written by us only, so what cannot be read is no steps.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self(Vec::new()))
    }

    /// As stored.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_else(|_| "[]".to_owned())
    }

    /// The first step that is not done.
    pub fn next(&self) -> Option<&StepRecord> {
        self.0.iter().find(|step| step.state != StepState::Done)
    }

    /// The step of this name, made at the end if it is not there.
    pub fn entry(&mut self, name: StepName) -> &mut StepRecord {
        let at = self.0.iter().position(|step| step.name == name).unwrap_or_else(|| {
            self.0.push(StepRecord::new(name));
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Begins a step, or goes on with it.
    pub fn begin(&mut self, name: StepName, now: Instant) -> &StepRecord {
        let step = self.entry(name);
        step.state = StepState::Running;
        step.started_at.get_or_insert(now);
        step.finished_at = None;
        step
    }

    /// Ends a step.
    pub fn end(&mut self, name: StepName, state: StepState, now: Instant) {
        let step = self.entry(name);
        step.state = state;
        step.finished_at = Some(now);
    }

    /// Prepares another try: what failed begins anew, and so does everything when it was undone.
    pub fn reset(&mut self) {
        let undone = self.0.iter().any(|step| step.name == StepName::Undo);
        self.0.retain(|step| step.name != StepName::Undo);
        for step in &mut self.0 {
            if undone || step.state != StepState::Done {
                *step = StepRecord::new(step.name);
            }
        }
    }
}

impl StepRecord {
    const fn new(name: StepName) -> Self {
        Self { name, state: StepState::Pending, started_at: None, finished_at: None, tries: 0, tries_away: 0 }
    }

    /// Counts a failure that passes: how many of its kind there were, and how many there may be.
    pub fn failed(&mut self, away: bool) -> (u32, u32) {
        if away {
            self.tries_away += 1;
            (self.tries_away, MOST_TRIES_AWAY)
        } else {
            self.tries += 1;
            (self.tries, MOST_TRIES)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_after_the_last_step_that_was_done() {
        let mut steps = Steps::new(&[StepName::Namespace, StepName::Install]);
        steps.begin(StepName::Namespace, Instant(1));
        steps.end(StepName::Namespace, StepState::Done, Instant(2));
        assert_eq!(steps.next().map(|s| s.name), Some(StepName::Install));
        steps.begin(StepName::Install, Instant(3));
        let again = Steps::parse(&steps.to_text());
        assert_eq!(again, steps);
        assert_eq!(steps.begin(StepName::Install, Instant(9)).started_at, Some(Instant(3)), "a deadline does not move");
    }

    #[test]
    fn a_cluster_that_was_away_takes_nothing_from_other_tries() {
        let mut step = StepRecord::new(StepName::Install);
        for tried in 1..=20 {
            assert_eq!(step.failed(true), (tried, 64));
        }
        assert_eq!(step.failed(false), (1, 7));
    }

    #[test]
    fn a_retry_after_undoing_begins_anew() {
        let mut steps = Steps::new(&[StepName::Namespace, StepName::Install]);
        steps.end(StepName::Namespace, StepState::Done, Instant(2));
        steps.end(StepName::Install, StepState::Failed, Instant(3));
        let mut failed = steps.clone();
        failed.reset();
        assert_eq!(failed.next().map(|s| s.name), Some(StepName::Install));
        steps.end(StepName::Undo, StepState::Done, Instant(4));
        steps.reset();
        assert_eq!(steps, Steps::new(&[StepName::Namespace, StepName::Install]));
    }
}

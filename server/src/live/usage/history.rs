//! The last points of a service's use.

use super::reading::Reading;
use crate::clock::Instant;
use std::collections::VecDeque;

/// So many points are kept: a quarter of an hour where the cluster measures every 15 seconds.
pub const POINTS: usize = 60;

/// What a service used at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub at: Instant,
    /// Billionths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

/// Points, oldest first.
#[derive(Debug, Default)]
pub(super) struct History(VecDeque<Point>);

impl History {
    /// Takes in what was read, if it is news: a cluster that measures once a minute gives the same answer four times.
    pub(super) fn push(&mut self, reading: &Reading) {
        let used = reading.used();
        let (Some(at), Some(cpu), Some(memory)) = (reading.newest, used.cpu, used.memory) else { return };
        if self.0.back().is_some_and(|last| last.at >= at) {
            return;
        }
        if self.0.len() == POINTS {
            self.0.pop_front();
        }
        self.0.push_back(Point { at, cpu, memory });
    }

    pub(super) fn points(&self) -> Vec<Point> {
        self.0.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::kube::Amount,
        live::usage::reading::{ContainerUsage, PodUsage},
    };

    fn measured(at: i64) -> Reading {
        let used = Amount { cpu: Some(at.unsigned_abs()), memory: Some(1) };
        let containers = vec![ContainerUsage { used, ..ContainerUsage::default() }];
        let at = Some(Instant(at));
        Reading { pods: vec![PodUsage { name: "a".to_owned(), at, containers }], outdated: false, newest: at }
    }

    #[test]
    fn it_is_bounded_and_takes_only_news() {
        let mut history = History::default();
        for at in 0..1000 {
            history.push(&measured(at));
            history.push(&measured(at));
            history.push(&measured(at - 1));
        }
        let points = history.points();
        assert_eq!((points.len(), points[0].at, points[POINTS - 1].cpu), (POINTS, Instant(940), 999));
        history.push(&Reading { newest: Some(Instant(2000)), ..Reading::default() });
        assert_eq!(history.points(), points, "what was not measured is no point");
    }
}

//! Each reason has a situation in these tables.

use super::*;

const TABLES: [&str; 11] = [
    include_str!("ending.rs"),
    include_str!("images.rs"),
    include_str!("jobs.rs"),
    include_str!("making.rs"),
    include_str!("operations.rs"),
    include_str!("placing.rs"),
    include_str!("release.rs"),
    include_str!("rollouts.rs"),
    include_str!("running.rs"),
    include_str!("starting.rs"),
    include_str!("volumes.rs"),
];

#[test]
fn each_reason_has_a_situation() {
    let words =
        TABLES.iter().flat_map(|table| table.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_'));
    let words: std::collections::HashSet<_> = words.collect();
    let missing: Vec<_> = StatusReason::ALL.iter().filter(|reason| !words.contains(reason.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

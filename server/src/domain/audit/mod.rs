//! Two appended rows for every change: intent and outcome.

//! What is read and how it is shown, as it stands in the address: so that it outlives a reload and can be shared.

use super::time::Times;
use crate::lean::memo;
use crate::paths::Escaped;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// Whose log is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The pod.
    pub pod: String,
    /// One of its containers.
    pub container: String,
    /// Of the container's run before this one.
    pub previous: bool,
}

/// What is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// A pod and a container.
    pub source: Option<(String, String)>,
    /// The container's run before this one.
    pub previous: bool,
    /// Whether long lines are wrapped.
    pub wrap: bool,
    /// How times are shown; none where nobody has said so.
    pub times: Option<Times>,
}

impl Chosen {
    fn query(&self) -> String {
        let mut pairs = Vec::new();
        if let Some((pod, container)) = &self.source {
            pairs.push(("pod", pod.as_str()));
            pairs.push(("container", container.as_str()));
        }
        if self.previous {
            pairs.push(("previous", "true"));
        }
        if !self.wrap {
            pairs.push(("wrap", "false"));
        }
        if let Some(times) = self.times {
            pairs.push(("time", times.as_str()));
        }
        let pairs = pairs.into_iter().map(|(name, value)| format!("{name}={}", Escaped(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// What is chosen, and how to choose otherwise.
#[derive(Clone, Copy)]
pub struct Address {
    /// What is chosen.
    pub chosen: Memo<Chosen>,
    /// How times are shown where nobody has said so: a narrow screen has no room for them.
    standard: Times,
    go: Callback<Chosen>,
}

impl Address {
    /// Of the page at this path.
    pub fn of(page: impl Fn() -> String + Send + Sync + 'static) -> Self {
        let query = use_query_map();
        let chosen = memo(move |_| {
            query.with(|query| Chosen {
                source: query.get("pod").zip(query.get("container")),
                previous: query.get("previous").as_deref() == Some("true"),
                wrap: query.get("wrap").as_deref() != Some("false"),
                times: query.get("time").as_deref().and_then(Times::parse),
            })
        });
        let navigate = use_navigate();
        let go = Callback::new(move |chosen: Chosen| {
            let query = chosen.query();
            let mark = if query.is_empty() { "" } else { "?" };
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{}{mark}{query}", page()), options);
        });
        let narrow = web_sys::window().and_then(|window| window.match_media("(max-width: 820px)").ok().flatten());
        let standard = if narrow.is_some_and(|narrow| narrow.matches()) { Times::Off } else { Times::Local };
        Self { chosen, standard, go }
    }

    /// How times are shown.
    pub fn times(self) -> Times {
        self.chosen.with(|chosen| chosen.times).unwrap_or(self.standard)
    }

    /// Chooses otherwise.
    pub fn change(self, change: impl FnOnce(&mut Chosen)) {
        let mut chosen = self.chosen.get_untracked();
        change(&mut chosen);
        if chosen != self.chosen.get_untracked() {
            self.go.run(chosen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_chosen_stands_in_the_address() {
        let mut chosen = Chosen { source: None, previous: false, wrap: true, times: None };
        assert_eq!(chosen.query(), "");
        chosen.source = Some(("web-0".to_owned(), "app".to_owned()));
        (chosen.previous, chosen.wrap, chosen.times) = (true, false, Some(Times::Utc));
        assert_eq!(chosen.query(), "pod=web-0&container=app&previous=true&wrap=false&time=utc");
    }
}

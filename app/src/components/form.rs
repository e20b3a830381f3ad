//! What forms have in common: what is wrong by field, whether they are under way, what the server said.

use crate::lean::{dynamic, spawn, view};
use crate::{
    api::{ApiError, FieldError},
    i18n,
    ui::{Alert, Tone},
};
use leptos::prelude::*;
use shared::{
    error::{ErrorCode, FieldErrorCode},
    rules::Problem,
};
use std::{collections::BTreeMap, future::Future, pin::Pin};

/// What is done once the server has said yes.
type Done = Box<dyn FnOnce()>;
type Request = Pin<Box<dyn Future<Output = Result<Done, ApiError>>>>;

/// The state of a form.
#[derive(Clone, Copy)]
pub struct Form {
    /// Whether it has been sent and not answered yet.
    pub busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    problems: RwSignal<BTreeMap<String, FieldError>>,
    known: StoredValue<Vec<String>>,
}

impl Form {
    /// A form nobody has touched.
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            problems: RwSignal::new(BTreeMap::new()),
            known: StoredValue::new(Vec::new()),
        }
    }

    /// What is wrong with a field, in words.
    pub fn problem(self, name: &str) -> Signal<Option<String>> {
        self.problem_as(name, i18n::field_error)
    }

    /// What is wrong with a field, in words of the form's own.
    pub fn problem_as(self, name: &str, words: fn(&FieldError) -> String) -> Signal<Option<String>> {
        let name = name.to_owned();
        self.known.update_value(|known| known.push(name.clone()));
        Signal::derive(move || self.problems.with(|problems| problems.get(&name).map(words)))
    }

    /// Notes the outcome of a check; the checked value, where it is right.
    pub fn check<T>(self, name: &str, outcome: Result<T, Problem>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.clear(name);
                Some(value)
            }
            Err(problem) => {
                self.refuse(name, problem.into());
                None
            }
        }
    }

    /// Notes that a field is wrong.
    pub fn refuse(self, name: &str, error: FieldError) {
        self.problems.update(|problems| {
            problems.insert(name.to_owned(), error);
        });
    }

    /// Notes that a field is right.
    pub fn clear(self, name: &str) {
        if self.problems.with_untracked(|problems| problems.contains_key(name)) {
            self.problems.update(|problems| {
                problems.remove(name);
            });
        }
    }

    /// Whether what has to be typed before something is lost was typed. Where not, the field says so.
    pub fn confirms(self, name: &str, typed: RwSignal<String>, expected: &str) -> bool {
        if typed.with_untracked(|typed| typed.trim() == expected) {
            self.clear(name);
            return true;
        }
        self.refuse(name, FieldErrorCode::DoesNotMatch.into());
        focus_first_problem();
        false
    }

    /// Whether a field is known to be wrong.
    pub fn is_wrong(self, name: &str) -> bool {
        self.problems.with_untracked(|problems| problems.contains_key(name))
    }

    /// Sends the form, once at a time; what is wrong by field is shown there, the rest above the button.
    pub fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.send_boxed(Box::pin(async move {
            let value = request.await?;
            Ok(Box::new(move || done(value)) as Done)
        }));
    }

    fn send_boxed(self, request: Request) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn(async move {
            let answer = request.await;
            // The page may be gone meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => done(),
                Err(error) => self.refused(error),
            }
        });
    }

    /// Takes back what the server said about the form as a whole: it no longer holds.
    pub fn settle(self) {
        self.failure.set(None);
    }

    fn refused(self, error: ApiError) {
        self.problems.update(|problems| {
            for field in &error.fields {
                let name = self.name_of(&field.field);
                problems.insert(name, field.clone());
            }
        });
        self.failure.set(Some(error));
        focus_first_problem();
    }

    /// The form's name of a field that the server names, perhaps with the input's path before it.
    fn name_of(self, field: &str) -> String {
        self.known.with_value(|known| {
            known
                .iter()
                .find(|name| field == name.as_str() || field.strip_prefix("values") == Some(name.as_str()))
                .cloned()
                .unwrap_or_else(|| field.to_owned())
        })
    }

    /// What the server said about the form as a whole, and about fields that the form does not show. What one field has wrong
    /// is said beside it alone.
    pub fn banner(self) -> impl IntoView {
        self.said(true)
    }

    /// The same for a long form, whose fields may be out of sight: whatever is wrong, it says so.
    pub fn banner_of_many(self) -> impl IntoView {
        self.said(false)
    }

    fn said(self, once: bool) -> AnyView {
        dynamic(move || {
            self.failure.get().and_then(|error| {
                let others: Vec<_> = error
                    .fields
                    .iter()
                    .filter(|field| {
                        let name = self.name_of(&field.field);
                        self.known.with_value(|known| !known.contains(&name))
                    })
                    .map(|field| view! { <li><code>{field.field.clone()}</code> ": " {i18n::field_error(field)}</li> })
                    .collect();
                if once && others.is_empty() && error.fields.len() == 1 {
                    return None;
                }
                let conflict = error.is(ErrorCode::Conflict);
                Some(view! {
                    <Alert tone=if conflict { Tone::Warning } else { Tone::Error }>
                        <p>{i18n::api_error(&error)}</p>
                        {(!others.is_empty()).then(|| view! { <ul>{others}</ul> })}
                    </Alert>
                })
            })
        })
    }
}

/// A field's check for when it is left: one that is still empty is not wrong yet.
pub fn once_typed<T>(value: RwSignal<String>, check: impl Fn() -> T + Send + Sync + 'static) -> Callback<()> {
    Callback::new(move |()| {
        if !value.with_untracked(String::is_empty) {
            check();
        }
    })
}

/// Leads to the first field that is wrong, once it is marked as such.
pub fn focus_first_problem() {
    super::focus_on("form [aria-invalid='true']");
}

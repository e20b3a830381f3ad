//! The fields that an app declares, as a form.

use crate::lean::view;
use crate::{
    api::{Json, mutations::FieldValueInput, types::AppField},
    components::Form,
    i18n::{fill, t, with},
    ui::{CheckField, SelectField, TextField},
};
use leptos::prelude::*;
use serde_json::Value;
use shared::{
    catalog::AppFieldType,
    error::FieldErrorCode,
    rules::{self, Problem, SAFE_INTEGER},
};

/// A declared field and what was typed into it.
#[derive(Clone)]
pub struct Entry {
    /// The declaration.
    pub field: AppField,
    text: RwSignal<String>,
    on: RwSignal<bool>,
}

impl Entry {
    /// A field that holds its default.
    pub fn new(field: AppField) -> Self {
        let default = field.default.as_ref().map(|value| &value.0);
        let on = default.and_then(Value::as_bool).unwrap_or_default();
        let mut text = match default {
            // A default is never a secret.
            Some(_) if field.kind != AppFieldType::Password => {
                field.default.as_ref().map(Json::text).unwrap_or_default()
            }
            _ => String::new(),
        };
        if text.is_empty() && field.kind == AppFieldType::Select && field.required {
            text = field.options.first().map(|option| option.value.clone()).unwrap_or_default();
        }
        Self { field, text: RwSignal::new(text), on: RwSignal::new(on) }
    }

    /// Whether it has to be filled in by hand.
    pub const fn needed(&self) -> bool {
        self.field.required && self.field.generate.is_none()
    }

    /// The value to send, none where the app's own default holds, or what is wrong with it.
    fn value(&self) -> Result<Option<Value>, Problem> {
        let field = &self.field;
        let typed = self.text.get_untracked();
        let text = if field.kind == AppFieldType::Password { typed.as_str() } else { typed.trim() };
        if field.kind == AppFieldType::Boolean {
            return Ok(Some(Value::Bool(self.on.get_untracked())));
        }
        if text.is_empty() {
            return if self.needed() { Err(Problem::new(FieldErrorCode::Required)) } else { Ok(None) };
        }
        let value = match field.kind {
            AppFieldType::Text | AppFieldType::Password => {
                let bound = |bound: Option<i32>| bound.and_then(|bound| usize::try_from(bound).ok());
                rules::bounded(text, bound(field.min_length).unwrap_or(0), bound(field.max_length).unwrap_or(10_000))?;
                Value::from(text)
            }
            AppFieldType::Number => Value::from(number(text, field)?),
            AppFieldType::Select if field.options.iter().any(|option| option.value == text) => self.option(text),
            AppFieldType::Select => return Err(Problem::new(FieldErrorCode::NotAnOption)),
            AppFieldType::Boolean => Value::Bool(self.on.get_untracked()),
        };
        Ok(Some(value))
    }

    /// An option is a text, unless the default shows that the value is a number.
    fn option(&self, text: &str) -> Value {
        match self.field.default.as_ref().map(|default| &default.0) {
            Some(Value::Number(_)) => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
            _ => Value::from(text),
        }
    }

    /// Checks it and notes what is wrong; the value to send where it is right.
    pub fn check(&self, form: Form) -> Result<Option<FieldValueInput>, ()> {
        let pointer = self.field.pointer.clone();
        let value = form.check(&pointer, self.value()).ok_or(())?;
        Ok(value.map(|value| FieldValueInput { pointer, value: Json(value) }))
    }
}

fn number(text: &str, field: &AppField) -> Result<i64, Problem> {
    let value: i64 = text.parse().map_err(|_| Problem::new(FieldErrorCode::WrongType).with("expected", "number"))?;
    if value.abs() > SAFE_INTEGER {
        return Err(Problem::new(FieldErrorCode::NumberTooLarge));
    }
    let (min, max) = (field.min.map(i64::from), field.max.map(i64::from));
    if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
        let mut problem = Problem::new(FieldErrorCode::OutOfRange);
        if let Some(min) = min {
            problem = problem.with("min", min);
        }
        if let Some(max) = max {
            problem = problem.with("max", max);
        }
        return Err(problem);
    }
    Ok(value)
}

/// One declared field.
#[component]
pub fn DeclaredField(
    /// It, with what was typed.
    entry: Entry,
    /// The form that it belongs to.
    form: Form,
) -> impl IntoView {
    let field = entry.field.clone();
    let error = form.problem(&field.pointer);
    let help = help(&field);
    let checked = entry.clone();
    let leave = Callback::new(move |()| {
        // An empty field is not called wrong before the form is sent.
        if !checked.text.with_untracked(String::is_empty) || form.is_wrong(&checked.field.pointer) {
            // What is wrong is noted by the check itself.
            let _ = checked.check(form);
        }
    });
    match field.kind {
        AppFieldType::Boolean => {
            view! { <CheckField label=field.label value=entry.on help=help.unwrap_or_default() /> }.into_any()
        }
        AppFieldType::Select => {
            let mut options: Vec<_> = field.options.into_iter().map(|option| (option.value, option.label)).collect();
            if !field.required && field.default.is_none() {
                options.insert(0, (String::new(), t().launch.apps_choice.to_owned()));
            }
            view! { <SelectField label=field.label value=entry.text options=options help=help.unwrap_or_default() error=error /> }.into_any()
        }
        AppFieldType::Text | AppFieldType::Password | AppFieldType::Number => {
            let kind = match field.kind {
                AppFieldType::Password => "password",
                _ => "text",
            };
            view! {
                <TextField
                    label=field.label
                    value=entry.text
                    kind=kind
                    autocomplete=if kind == "password" { "new-password" } else { "off" }
                    placeholder=field.placeholder.unwrap_or_default()
                    required=field.required && field.generate.is_none()
                    help=help.unwrap_or_default()
                    error=error
                    on_leave=leave
                />
            }
            .into_any()
        }
    }
}

/// The app's own help, and what happens when the field stays empty or which figures fit.
fn help(field: &AppField) -> Option<String> {
    let mut parts: Vec<String> = field.help.iter().cloned().collect();
    if let Some(length) = field.generate {
        parts.push(with(t().launch.generated, "n", &length.to_string()));
    }
    if let (Some(min), Some(max)) = (field.min, field.max) {
        let (min, max) = (min.to_string(), max.to_string());
        parts.push(fill(t().launch.range, |name| match name {
            "min" => Some(min.as_str()),
            "max" => Some(max.as_str()),
            _ => None,
        }));
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

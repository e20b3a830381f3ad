//! Fields of forms: label above, help below, and what is wrong beside it once the field is left.

use super::{Icon, icon, leave::left, unique};
use crate::i18n::t;
use crate::lean::{effect, view};
use leptos::prelude::*;

/// A line of text, a password or a number.
#[component]
pub fn TextField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// Help below it.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// `text`, `email`, `password`, `number` or `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers fill in by themselves.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example inside.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Whether it may not stay empty.
    #[prop(optional)]
    required: bool,
    /// Whether the page begins here.
    #[prop(optional)]
    autofocus: bool,
    /// Whether it holds names or codes, in which every letter counts.
    #[prop(optional)]
    code: bool,
    /// What stands behind it, for example the rest of an address.
    #[prop(optional, into)]
    suffix: Option<String>,
    /// Called when it is left.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let id = unique("field");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let help = help.filter(|help| !help.is_empty());
    let has_help = help.is_some();
    let described = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || described(has_help.then_some(&help_id), error.with(Option::is_some).then_some(&error_id))
    };
    let shown = RwSignal::new(false);
    let node = NodeRef::<leptos::html::Input>::new();
    if autofocus {
        effect(move || {
            if let Some(input) = node.get() {
                // Focus is a help only: where the browser refuses, nothing is lost.
                let _ = input.focus();
            }
        });
    }
    let secret = kind == "password";
    view! {
        <div class="field" class:invalid=move || error.with(Option::is_some)>
            <label for=id.clone()>
                {label} {(!required).then(|| view! { <span class="optional">{t().common.optional}</span> })}
            </label>
            <div class="input" class:code=code>
                <input
                    node_ref=node
                    id=id.clone()
                    type=move || if secret && shown.get() { "text" } else { kind }
                    autocomplete=autocomplete
                    placeholder=placeholder.filter(|text| !text.is_empty())
                    aria-required=required.then_some("true")
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || described()
                    spellcheck=(code || secret).then_some("false")
                    autocapitalize=(code || secret || kind == "email").then_some("none")
                    bind:value=value
                    on:blur=move |_| left(on_leave)
                />
                {suffix.map(|suffix| view! { <span class="suffix">{suffix}</span> })}
                {secret.then(|| view! {
                    <button
                        type="button"
                        class="icon-button"
                        aria-pressed=move || shown.get().to_string()
                        aria-label=t().common.show_password
                        title=t().common.show_password
                        on:click=move |_| shown.update(|shown| *shown = !*shown)
                    >
                        {move || icon(if shown.get() { Icon::EyeOff } else { Icon::Eye })}
                    </button>
                })}
            </div>
            <FieldNotes help=help help_id=help_id error=error error_id=error_id />
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// Help below it.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it may not stay empty.
    #[prop(optional)]
    required: bool,
    /// Called when it is left.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let id = unique("field");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let help = help.filter(|help| !help.is_empty());
    let has_help = help.is_some();
    let described = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || described(has_help.then_some(&help_id), error.with(Option::is_some).then_some(&error_id))
    };
    view! {
        <div class="field" class:invalid=move || error.with(Option::is_some)>
            <label for=id.clone()>
                {label} {(!required).then(|| view! { <span class="optional">{t().common.optional}</span> })}
            </label>
            <div class="input">
                <textarea
                    id=id.clone()
                    rows="3"
                    aria-required=required.then_some("true")
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || described()
                    bind:value=value
                    on:blur=move |_| left(on_leave)
                ></textarea>
            </div>
            <FieldNotes help=help help_id=help_id error=error error_id=error_id />
        </div>
    }
}

/// One of a few options.
#[component]
pub fn SelectField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// The value chosen.
    value: RwSignal<String>,
    /// Values and what they are called.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Help below it.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = unique("field");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let help = help.filter(|help| !help.is_empty());
    let has_help = help.is_some();
    let described = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || described(has_help.then_some(&help_id), error.with(Option::is_some).then_some(&error_id))
    };
    view! {
        <div class="field" class:invalid=move || error.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <div class="input select">
                <select
                    id=id.clone()
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || described()
                    on:change=move |event| value.set(event_target_value(&event))
                >
                    {move || {
                        options
                            .get()
                            .into_iter()
                            .map(|(option, label)| {
                                let own = option.clone();
                                view! {
                                    <option value=option prop:selected=move || value.with(|value| *value == own)>
                                        {label}
                                    </option>
                                }
                            })
                            .collect_view()
                    }}
                </select>
                {icon(Icon::ChevronDown)}
            </div>
            <FieldNotes help=help help_id=help_id error=error error_id=error_id />
        </div>
    }
}

/// Yes or no.
#[component]
pub fn CheckField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Whether it is on.
    value: RwSignal<bool>,
    /// Help below it.
    #[prop(optional, into)]
    help: Option<String>,
) -> impl IntoView {
    let id = unique("field");
    let help_id = format!("{id}-help");
    let help = help.filter(|help| !help.is_empty());
    let described = help.is_some().then(|| help_id.clone());
    view! {
        <div class="field check">
            <input id=id.clone() type="checkbox" aria-describedby=described bind:checked=value />
            <label for=id.clone()>{label}</label>
            {help.map(|help| view! { <p class="help" id=help_id>{help}</p> })}
        </div>
    }
}

#[component]
fn FieldNotes(help: Option<String>, help_id: String, error: Signal<Option<String>>, error_id: String) -> impl IntoView {
    view! {
        <p class="problem" id=error_id aria-live="polite">
            {move || error.get().map(|error| view! { {icon(Icon::TriangleAlert)} <span>{error}</span> })}
        </p>
        {help.map(|help| view! { <p class="help" id=help_id>{help}</p> })}
    }
}

fn described(help: Option<&String>, error: Option<&String>) -> Option<String> {
    match (error, help) {
        (Some(error), Some(help)) => Some(format!("{error} {help}")),
        (Some(one), None) | (None, Some(one)) => Some(one.clone()),
        (None, None) => None,
    }
}

//! The web address of a service-to-be, shown and checked while it is typed.

use crate::lean::{effect, spawn, view};
use crate::{
    api::{FieldError, queries},
    components::Form,
    i18n::t,
    stores::session,
    ui::{Icon, TextField, icon},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::{error::FieldErrorCode, rules};

/// How long typing must rest before the server is asked, in milliseconds.
const REST: u32 = 300;

/// What is known about the address that is typed.
#[derive(Clone, PartialEq)]
enum Answer {
    Empty,
    Wrong,
    Asking,
    Free(String),
    Unknown,
}

/// The field for the first label of the address.
#[component]
pub fn Subdomain(
    /// What is typed.
    value: RwSignal<String>,
    /// The form that it belongs to.
    form: Form,
) -> impl IntoView {
    let texts = &t().launch;
    let answer = RwSignal::new(Answer::Empty);
    let resting = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        let typed = value.get();
        resting.set_value(None);
        form.clear("subdomain");
        if typed.trim().is_empty() {
            answer.set(Answer::Empty);
            return;
        }
        let Ok(label) = rules::subdomain(&typed) else {
            answer.set(Answer::Wrong);
            return;
        };
        answer.set(Answer::Asking);
        resting.set_value(Some(Timeout::new(REST, move || ask(label, value, answer, form))));
    });
    let leave = Callback::new(move |()| {
        let typed = value.get_untracked();
        if !typed.trim().is_empty() && !form.is_wrong("subdomain") {
            form.check("subdomain", rules::subdomain(&typed));
        }
    });
    let domain = session::server().get_untracked().map(|server| format!(".{}", server.apps_domain));
    view! {
        <div class="subdomain">
            <TextField
                label=texts.subdomain
                value=value
                code=true
                help=texts.subdomain_help
                suffix=domain.unwrap_or_default()
                error=form.problem("subdomain")
                on_leave=leave
            />
            <p class="preview" aria-live="polite">
                {move || match answer.get() {
                    Answer::Empty => view! { <span class="muted">{texts.address_random}</span> }.into_any(),
                    Answer::Wrong | Answer::Unknown => ().into_any(),
                    Answer::Asking => view! { <span class="muted">{texts.address_checking}</span> }.into_any(),
                    Answer::Free(url) => view! {
                        <span class="good">{icon(Icon::CircleCheck)} <span>{texts.address_free}</span></span>
                        <code>{url}</code>
                    }.into_any(),
                }}
            </p>
        </div>
    }
}

fn ask(label: String, value: RwSignal<String>, answer: RwSignal<Answer>, form: Form) {
    spawn(async move {
        let preview = queries::address_preview(label.clone()).await;
        let current = value.try_get_untracked().and_then(|typed| rules::subdomain(&typed).ok());
        // A late answer to what was typed before says nothing about what stands there now.
        if current.as_deref() != Some(label.as_str()) {
            return;
        }
        let next = match preview {
            Ok(preview) if preview.available => Answer::Free(preview.url),
            Ok(preview) => {
                form.refuse("subdomain", FieldError::from(preview.problem.unwrap_or(FieldErrorCode::Taken)));
                Answer::Wrong
            }
            // The server checks again at the launch.
            Err(_) => Answer::Unknown,
        };
        answer.try_set(next);
    });
}

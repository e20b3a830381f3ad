//! How people get an account: what holds, and changing it.

use crate::lean::{memo, view};
use crate::{
    api::{
        live::Live,
        people::PlatformSettings,
        people_changes::{self, UpdateSettingsInput},
    },
    components::{Form, loaded},
    i18n::t,
    stores::{session, toasts},
    ui::{Alert, Button, SubmitButton, Tone},
};
use leptos::prelude::*;
use shared::people::SignUpMode;

/// The setting.
#[component]
pub fn SignUpSetting(
    /// What holds.
    settings: RwSignal<Live<PlatformSettings>>,
    /// Called when it was changed.
    on_saved: Callback<()>,
) -> impl IntoView {
    let texts = &t().sign_up;
    view! {
        <section class="panel narrow" aria-labelledby="sign-up-heading">
            <h2 id="sign-up-heading">{texts.title}</h2>
            <p class="muted">{texts.lead}</p>
            {loaded(settings, move |settings| view! { <Choice settings=settings on_saved=on_saved /> })}
        </section>
    }
}

#[component]
fn Choice(settings: Signal<PlatformSettings>, on_saved: Callback<()>) -> impl IntoView {
    let texts = &t().sign_up;
    let form = Form::new();
    let first = settings.get_untracked();
    let mode = RwSignal::new(first.sign_up_mode);
    // The version that what is chosen was based on: someone else's change meanwhile is not written over.
    let version = RwSignal::new(first.version);
    let moved_on = memo(move |_| settings.with(|settings| settings.version) > version.get());
    let take_theirs = move || {
        let current = settings.get_untracked();
        mode.set(current.sign_up_mode);
        version.set(current.version);
        form.settle();
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let input = UpdateSettingsInput { version: version.get_untracked(), sign_up_mode: mode.get_untracked() };
        form.send(people_changes::update_settings(input), move |payload| {
            version.set(payload.settings.version);
            mode.set(payload.settings.sign_up_mode);
            toasts::done(t().sign_up.saved);
            on_saved.run(());
            // The page of sign-in shows what holds now.
            session::check();
        });
    };
    let choice = move |value: SignUpMode, title: &'static str, text: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="sign-up-mode"
                    prop:checked=move || mode.get() == value
                    on:change=move |_| mode.set(value)
                />
                <span><strong>{title}</strong> <span class="muted">{text}</span></span>
            </label>
        }
    };
    view! {
        <form on:submit=send>
            <fieldset>
                <legend class="visually-hidden">{texts.title}</legend>
                {choice(SignUpMode::Invitation, texts.invitation, texts.invitation_text)}
                {choice(SignUpMode::Open, texts.open, texts.open_text)}
                {choice(SignUpMode::Closed, texts.closed, texts.closed_text)}
            </fieldset>
            {form.banner()}
            {move || (moved_on.get() && !form.busy.get()).then(|| view! {
                <Alert tone=Tone::Warning>
                    <p>{texts.conflict}</p>
                    <div class="actions">
                        <Button on_press=take_theirs>{t().settings.take_theirs}</Button>
                    </div>
                </Alert>
            })}
            <div class="form-actions"><SubmitButton busy=form.busy>{texts.save}</SubmitButton></div>
        </form>
    }
}

//! Making a token, whose text is shown this once.

use crate::lean::{effect, view};
use crate::{
    api::mutations::{self, CreateAccessTokenInput},
    components::{DialogForm, Form, focus_first_problem, focus_on, once_typed},
    i18n::t,
    ui::{Alert, Button, CopyButton, Dialog, Kind, SelectField, TextField, Tone},
};
use leptos::prelude::*;
use shared::{roles::TokenScope, rules};

/// The dialog that makes a token.
#[component]
pub fn NewToken(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Called when there is a new token.
    on_created: Callback<()>,
) -> impl IntoView {
    let secret = RwSignal::new(None::<String>);
    effect(move || {
        if !open.get() {
            secret.set(None);
        }
    });
    let title = Signal::derive(move || {
        let texts = &t().tokens;
        if secret.with(Option::is_some) { texts.created_title } else { texts.create_title }.to_owned()
    });
    view! {
        <Dialog open=open title=title>
            {move || match secret.get() {
                Some(text) => view! { <Shown text=text open=open /> }.into_any(),
                None => view! { <TokenForm secret=secret open=open on_created=on_created /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Shown(text: String, open: RwSignal<bool>) -> impl IntoView {
    let texts = &t().tokens;
    focus_on(".secret-line button");
    view! {
        <Alert tone=Tone::Warning><p>{texts.shown_once}</p></Alert>
        <p class="secret-line">
            <code>{text.clone()}</code>
            <CopyButton text=text label=texts.copy />
        </p>
        <div class="form-actions">
            <Button kind=Kind::Primary on_press=move || open.set(false)>{t().common.done}</Button>
        </div>
    }
}

#[component]
fn TokenForm(secret: RwSignal<Option<String>>, open: RwSignal<bool>, on_created: Callback<()>) -> impl IntoView {
    let texts = &t().tokens;
    let form = Form::new();
    let name = RwSignal::new(String::new());
    let scope = RwSignal::new(TokenScope::Read.as_str().to_owned());
    let days = RwSignal::new("30".to_owned());
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let send = move || {
        let Some(name) = check_name() else {
            focus_first_problem();
            return;
        };
        let scopes = match TokenScope::parse(&scope.get_untracked()) {
            Some(TokenScope::Write) => vec![TokenScope::Read, TokenScope::Write],
            Some(TokenScope::Read) | None => vec![TokenScope::Read],
        };
        let input = CreateAccessTokenInput { name, scopes, expires_in_days: days.get_untracked().parse().ok() };
        form.send(mutations::create_access_token(input), move |payload| {
            secret.set(Some(payload.secret));
            on_created.run(());
        });
    };
    let scopes = [TokenScope::Read, TokenScope::Write].map(|scope| {
        let words = match scope {
            TokenScope::Read => texts.scope_read_long,
            TokenScope::Write => texts.scope_write_long,
        };
        (scope.as_str().to_owned(), words.to_owned())
    });
    let ends = [
        ("7", texts.days_7),
        ("30", texts.days_30),
        ("90", texts.days_90),
        ("365", texts.days_365),
        ("", texts.never_expires),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()));
    view! {
        <DialogForm form=form open=open on_send=send submit=texts.create>
            <TextField
                label=texts.name
                value=name
                required=true
                help=texts.name_help
                error=form.problem("name")
                on_leave=once_typed(name, check_name)
            />
            <SelectField label=texts.scope value=scope options=scopes.to_vec() error=form.problem("scopes") />
            <SelectField label=texts.expires value=days options=ends.to_vec() error=form.problem("expiresInDays") />
        </DialogForm>
    }
}

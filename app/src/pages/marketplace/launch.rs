//! Configure: the form that launches an app.

use super::{
    app::{Needs, refusal, use_app, use_slug},
    fields::{DeclaredField, Entry},
    price,
    subdomain::Subdomain,
};
use crate::lean::view;
use crate::{
    api::{
        mutations::{self, LaunchServiceInput},
        types::AppDetail,
    },
    components::{AppIcon, Form, focus_first_problem, loaded, use_workspace},
    i18n::{t, with},
    paths::Path,
    stores::{head, made},
    ui::{Alert, Icon, SubmitButton, TextField, Tone, icon},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::rules;

/// The page that configures and launches an app.
#[component]
pub fn LaunchPage() -> impl IntoView {
    let workspace = use_workspace();
    let slug = use_slug();
    let app = use_app(slug);
    head::set(move || {
        let name = app.with(|app| app.ready().map(|app| app.name.clone()).unwrap_or_default());
        vec![
            head::link(workspace.name(), Path::Workspace(workspace.id.get())),
            head::link(t().market.title, Path::Marketplace(workspace.id.get())),
            head::link(name, Path::App(workspace.id.get(), slug.get())),
            head::here(t().launch.crumb),
        ]
    });
    loaded(app, |app| view! { <Configure app=app.get_untracked() /> }.into_any())
}

#[component]
fn Configure(app: AppDetail) -> impl IntoView {
    let texts = &t().launch;
    let workspace = use_workspace();
    // Known before anything is filled in. What was typed outlives a moment without leave.
    let refusal = refusal();
    let form = Form::new();
    let (name, subdomain) = (RwSignal::new(app.name.clone()), RwSignal::new(String::new()));
    let entries: Vec<Entry> = app.fields.iter().cloned().map(Entry::new).collect();
    let (needed, optional): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(|entry| entry.field.required);
    // One key a form: sent twice, it is still one service.
    let key = crate::stores::random_key();
    let navigate = use_navigate();
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let (slug, web) = (app.slug.clone(), app.web);
    let advanced = RwSignal::new(needed.is_empty());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = check_name();
        let label = subdomain.get_untracked();
        let label = label.trim();
        let free = form.is_wrong("subdomain");
        let label = match label {
            "" => Some(None),
            // The server has said that it is taken: that stays until something else is typed.
            _ if free => None,
            _ => form.check("subdomain", rules::subdomain(label)).map(Some),
        };
        let checked: Vec<_> = entries.iter().map(|entry| entry.check(form)).collect();
        let wrong_below = entries.iter().zip(&checked).any(|(entry, value)| value.is_err() && !entry.field.required);
        if wrong_below {
            advanced.set(true);
        }
        let values: Result<Vec<_>, ()> = checked.into_iter().collect();
        let (Some(name), Some(label), Ok(values)) = (name, label, values) else {
            focus_first_problem();
            return;
        };
        let input = LaunchServiceInput {
            workspace_id: workspace.id.get_untracked(),
            app: slug.clone(),
            name,
            subdomain: label.filter(|_| web),
            values: Some(values.into_iter().flatten().collect()),
            idempotency_key: Some(key.clone()),
        };
        let navigate = navigate.clone();
        form.send(mutations::launch_service(input), move |payload| {
            let operation = payload.operation.id;
            made::give(operation.clone(), payload.generated_secrets);
            let to = Path::Operation(workspace.id.get_untracked(), operation);
            navigate(&to.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        });
    };
    let app = StoredValue::new(app);
    let has_advanced = !optional.is_empty();
    let optional = StoredValue::new(optional);
    view! {
        <header class="page-title">
            <div>
                <h1 tabindex="-1">{with(texts.title, "app", &app.read_value().name)}</h1>
                <p hidden=move || refusal.with(Option::is_some)>{texts.lead}</p>
            </div>
        </header>
        {move || refusal.get().map(|reason| view! { <Alert tone=Tone::Info><p>{reason}</p></Alert> })}
        <form class="split configure" novalidate hidden=move || refusal.with(Option::is_some) on:submit=send>
            <div class="form-column">
                <fieldset class="panel">
                    <legend>{texts.basics}</legend>
                    <TextField
                        label=texts.name
                        value=name
                        required=true
                        help=texts.name_help
                        error=form.problem("name")
                        on_leave=Callback::new(move |()| drop(check_name()))
                    />
                    {web.then(|| view! { <Subdomain value=subdomain form=form /> })}
                </fieldset>
                {(!needed.is_empty()).then(|| view! {
                    <fieldset class="panel">
                        <legend>{texts.required}</legend>
                        {needed.into_iter().map(|entry| view! { <DeclaredField entry=entry form=form /> }).collect_view()}
                    </fieldset>
                })}
                {has_advanced.then(|| view! {
                    <details class="panel" prop:open=move || advanced.get()>
                        <summary>
                            {icon(Icon::ChevronRight)} <span>{texts.advanced}</span>
                            <span class="muted">{texts.advanced_help}</span>
                        </summary>
                        <div class="details-body">
                            {optional.get_value().into_iter().map(|entry| view! { <DeclaredField entry=entry form=form /> }).collect_view()}
                        </div>
                    </details>
                })}
            </div>
            <aside class="panel summary-panel" aria-label=texts.summary>
                <header class="app-head small">
                    <AppIcon url=Some(app.read_value().icon_url.clone()) />
                    <div>
                        <strong>{move || name.get()}</strong>
                        <p class="muted">{app.read_value().name.clone()} " " {app.read_value().app_version.clone()}</p>
                    </div>
                </header>
                <dl class="facts">
                    <div><dt>{texts.workspace}</dt><dd>{move || workspace.name()}</dd></div>
                    <Needs minimum=app.read_value().minimum.clone() />
                </dl>
                <p class="estimate"><span>{texts.estimate}</span> <strong>{price(&app.read_value().price)}</strong></p>
                {form.banner_of_many()}
                <SubmitButton busy=form.busy before=Icon::Rocket>{texts.launch}</SubmitButton>
            </aside>
        </form>
    }
}

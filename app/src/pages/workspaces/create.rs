//! Making a workspace.

use crate::lean::view;
use crate::{
    api::mutations::{self, CreateWorkspaceInput},
    components::{Form, focus_first_problem, once_typed},
    i18n::t,
    paths::Path,
    ui::{SubmitButton, TextArea, TextField},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::rules;

/// The form that makes a workspace and leads to it.
#[component]
pub fn CreateWorkspace(
    /// Whether the page begins with it.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let texts = &t().workspaces;
    let form = Form::new();
    let (name, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // One key a form: sent twice, it is still one workspace.
    let key = crate::stores::random_key();
    let navigate = use_navigate();
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let check_description = move || form.check("description", rules::description(&description.get_untracked()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(description)) = (check_name(), check_description()) else {
            focus_first_problem();
            return;
        };
        let input = CreateWorkspaceInput {
            name,
            description: Some(description).filter(|text| !text.is_empty()),
            idempotency_key: Some(key.clone()),
        };
        let navigate = navigate.clone();
        form.send(mutations::create_workspace(input), move |payload| {
            navigate(&Path::Workspace(payload.workspace.id).to_string(), leptos_router::NavigateOptions::default());
        });
    };
    view! {
        <form novalidate on:submit=send>
            <TextField
                label=texts.name
                value=name
                required=true
                autofocus=autofocus
                help=texts.name_help
                error=form.problem("name")
                on_leave=once_typed(name, check_name)
            />
            <TextArea
                label=texts.description
                value=description
                error=form.problem("description")
                on_leave=Callback::new(move |()| drop(check_description()))
            />
            {form.banner()}
            <div class="form-actions"><SubmitButton busy=form.busy>{texts.create}</SubmitButton></div>
        </form>
    }
}

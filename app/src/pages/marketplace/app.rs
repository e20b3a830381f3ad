//! One app of the marketplace.

use super::price;
use crate::lean::{dynamic, memo, view};
use crate::{
    api::{
        ApiError, Code, live, queries,
        types::{AppDetail, AppField, MinimumResources},
    },
    components::{AppIcon, loaded, off, use_workspace},
    i18n::{t, with},
    paths::Path,
    stores::head,
    ui::{Alert, Icon, Tone, icon},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::{catalog::AppFieldType, error::ErrorCode, policy::WorkspaceAction};

/// The slug of the address.
pub fn use_slug() -> Memo<String> {
    let params = use_params_map();
    memo(move |_| params.with(|params| params.get("slug").unwrap_or_default()))
}

/// The app of the address, asked for once.
pub fn use_app(slug: Memo<String>) -> RwSignal<live::Live<AppDetail>> {
    live::fetch(
        move || slug.get(),
        |slug| async { queries::app(slug).await?.ok_or_else(|| ApiError::of(Code::Server(ErrorCode::NotFound))) },
    )
}

/// An app: what it does, what it needs and costs, and the way to launch it.
#[component]
pub fn AppPage() -> impl IntoView {
    let workspace = use_workspace();
    let slug = use_slug();
    let app = use_app(slug);
    head::set(move || {
        let name = app.with(|app| app.ready().map(|app| app.name.clone()).unwrap_or_default());
        vec![
            head::link(workspace.name(), Path::Workspace(workspace.id.get())),
            head::link(t().market.title, Path::Marketplace(workspace.id.get())),
            head::here(name),
        ]
    });
    loaded(app, |app| dynamic(move || view! { <Detail app=app.get() /> }))
}

/// Why nothing can be launched here now; none where it can.
pub fn refusal() -> Signal<Option<String>> {
    let workspace = use_workspace();
    let denied = off(WorkspaceAction::LaunchService);
    let ready = move || workspace.live.with(|live| live.ready().is_none_or(|workspace| workspace.ready));
    Signal::derive(move || denied.get().or_else(|| (!ready()).then(|| t().market.not_ready.to_owned())))
}

#[component]
fn Detail(app: AppDetail) -> impl IntoView {
    let texts = &t().market;
    let workspace = use_workspace();
    let refusal = refusal();
    let slug = app.slug.clone();
    let launch = move || Path::Launch(workspace.id.get(), slug.clone()).to_string();
    let paragraphs: Vec<_> = app.description.split("\n\n").map(|text| view! { <p>{text.to_owned()}</p> }).collect();
    view! {
        <article class="app-page">
            <header class="app-head">
                <AppIcon url=Some(app.icon_url.clone()) large=true />
                <div>
                    <h1 tabindex="-1">{app.name.clone()}</h1>
                    <p>{app.summary.clone()}</p>
                </div>
            </header>
            <div class="split">
                <div class="prose">
                    {paragraphs}
                    <p class="tags">
                        {app.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect_view()}
                    </p>
                    <p>
                        <a href=app.documentation.clone() target="_blank" rel="noopener noreferrer">
                            {texts.documentation} " " {icon(Icon::ExternalLink)}
                        </a>
                    </p>
                </div>
                <aside class="panel summary-panel" aria-label=texts.about>
                    <p class="price">{price(&app.price)}</p>
                    {move || match refusal.get() {
                        Some(reason) => view! { <Alert tone=Tone::Info><p>{reason}</p></Alert> },
                        None => view! {
                            <a class="button primary wide" href=launch.clone()>
                                {icon(Icon::Rocket)} <span>{texts.configure}</span>
                            </a>
                        },
                    }}
                    <dl class="facts">
                        <div><dt>{texts.category}</dt><dd>{(t().category)(app.category)}</dd></div>
                        <div><dt>{texts.app_version}</dt><dd>{app.app_version.clone()}</dd></div>
                        <div><dt>{texts.chart_version}</dt><dd>{app.chart_version.clone()}</dd></div>
                        <div>
                            <dt>{texts.web}</dt>
                            <dd>{if app.web { texts.web_yes } else { texts.web_no }}</dd>
                        </div>
                        <Needs minimum=app.minimum.clone() />
                        {app.fields.iter().filter_map(secret).collect_view()}
                    </dl>
                </aside>
            </div>
        </article>
    }
}

/// Who thinks of a password of the app: whoever launches it, or the platform for them.
fn secret(field: &AppField) -> Option<AnyView> {
    let words = match (field.kind, field.generate, field.required) {
        (AppFieldType::Password, Some(_), _) => t().market.secret_made,
        (AppFieldType::Password, None, true) => t().market.secret_asked,
        _ => return None,
    };
    Some(view! { <div><dt>{field.label.clone()}</dt><dd>{words}</dd></div> })
}

/// What an app needs at least.
#[component]
pub fn Needs(
    /// It.
    minimum: MinimumResources,
) -> impl IntoView {
    let texts = &t().market;
    view! {
        <div><dt>{texts.cpu}</dt><dd>{cores(&minimum.cpu)}</dd></div>
        <div><dt>{texts.memory}</dt><dd>{binary(&minimum.memory)}</dd></div>
        <div><dt>{texts.storage}</dt><dd>{binary(&minimum.storage)}</dd></div>
    }
}

/// Kubernetes' `250m` as `0.25 cores`.
fn cores(cpu: &str) -> String {
    let milli = cpu.strip_suffix('m').map_or_else(|| cpu.parse::<u32>().map(|cores| cores * 1000), str::parse::<u32>);
    let Ok(milli) = milli else { return cpu.to_owned() };
    let figure = crate::i18n::grouped(f64::from(milli) / 1000.0);
    with(if milli == 1000 { t().market.cores.0 } else { t().market.cores.1 }, "n", &figure)
}

/// Kubernetes' `512Mi` as `512 MiB`.
pub fn binary(size: &str) -> String {
    ["Ki", "Mi", "Gi", "Ti"]
        .into_iter()
        .find_map(|unit| {
            let figure = size.strip_suffix(unit)?;
            figure.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{figure} {unit}B"))
        })
        .unwrap_or_else(|| size.to_owned())
}

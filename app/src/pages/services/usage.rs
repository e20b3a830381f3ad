//! CPU and memory of a service: now, against its limits, and the last while as a small line.

use super::sparkline;
use crate::lean::{For, Show, dynamic, memo, view};
use crate::{
    api::{
        live::{self, Live},
        subscriptions::UsageStream,
        types::{NearLimit, ResourceAmount, ServiceView, UsageView},
    },
    i18n::{self, bytes, duration, fill, grouped, t, with},
    ui::{Icon, When, icon},
};
use leptos::prelude::*;
use shared::service::{UsageResource, UsageState};

/// One of the two resources: how it is read and written.
#[derive(Clone, Copy)]
struct Kind {
    label: &'static str,
    of: fn(ResourceAmount) -> Option<f64>,
    at: fn(&UsageView) -> Vec<(f64, f64)>,
    write: fn(f64) -> String,
}

const fn memory_of(amount: ResourceAmount) -> Option<f64> {
    amount.memory_bytes
}

fn cpu_of(amount: ResourceAmount) -> Option<f64> {
    amount.cpu_millis.map(f64::from)
}

fn cores(millis: f64) -> String {
    let forms = t().market.cores;
    with(if millis.to_bits() == 1000_f64.to_bits() { forms.0 } else { forms.1 }, "n", &grouped(millis / 1000.0))
}

fn kinds() -> [Kind; 2] {
    let texts = &t().usage;
    [
        Kind {
            label: texts.cpu,
            of: cpu_of,
            at: |usage| usage.history.iter().map(|point| (point.at.millis(), f64::from(point.cpu_millis))).collect(),
            write: cores,
        },
        Kind {
            label: texts.memory,
            of: memory_of,
            at: |usage| usage.history.iter().map(|point| (point.at.millis(), point.memory_bytes)).collect(),
            write: bytes,
        },
    ]
}

impl Kind {
    /// "92 MiB of 512 MiB".
    fn words(self, used: ResourceAmount, limit: ResourceAmount) -> String {
        let texts = &t().usage;
        let Some(used) = (self.of)(used).map(self.write) else { return texts.unmeasured.to_owned() };
        match (self.of)(limit).map(self.write) {
            Some(limit) => fill(texts.of_limit, |name| Some(if name == "used" { &used } else { &limit })),
            None => with(texts.no_limit, "used", &used),
        }
    }

    /// The line, whether its upper edge is the limit, and what it shows in words.
    fn chart(self, usage: &UsageView) -> Option<(String, bool, String)> {
        let points = (self.at)(usage);
        let (first, last) = (points.first()?, points.last()?);
        let limit = (self.of)(usage.limit);
        let values = || points.iter().map(|(_, value)| *value);
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
        let path = sparkline::path(&points, limit.unwrap_or(high * 1.25));
        let (low, high, span) = ((self.write)(low), (self.write)(high), duration(last.0 - first.0));
        let words = fill(t().usage.chart, |name| match name {
            "what" => Some(self.label),
            "span" => Some(&span),
            "low" => Some(&low),
            "high" => Some(&high),
            _ => None,
        });
        Some((path, limit.is_some(), words))
    }
}

/// The panel.
#[component]
pub fn Usage(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let texts = &t().usage;
    let id = memo(move |_| service.with(|service| service.id.clone()));
    let live = live::follow(move || Some(UsageStream(id.get())));
    let usage = memo(move |_| live.with(|live| live.ready().cloned()));
    let simulated = memo(move |_| usage.with(|usage| usage.as_ref().is_some_and(|usage| usage.simulated)));
    let shown = memo(move |_| {
        usage.with(|usage| {
            usage.as_ref().is_some_and(|usage| usage.state == UsageState::Current || !usage.history.is_empty())
        })
    });
    let pods = memo(move |_| usage.with(|usage| usage.as_ref().map(|usage| usage.pods.clone()).unwrap_or_default()));
    let near =
        memo(move |_| usage.with(|usage| usage.as_ref().map(|usage| usage.near_limits.clone()).unwrap_or_default()));
    view! {
        <section class="panel usage" aria-labelledby="usage-heading">
            <div class="panel-head">
                <h2 id="usage-heading">{texts.title}</h2>
                <Show when=move || simulated.get()>
                    <span class="badge sandbox" title=texts.simulated_help>{icon(Icon::FlaskConical)} <span>{t().common.simulated}</span></span>
                </Show>
            </div>
            {dynamic(move || live.with(why_not))}
            <Show when=move || shown.get()>
                <div class="meters">{kinds().map(|kind| meter(kind, usage)).into_iter().collect_view()}</div>
            </Show>
            <For
                each=move || near.get()
                key=|near| (near.pod.clone(), near.container.clone(), near.resource, near.percent)
                let:near
            >
                <p class="near">{icon(Icon::TriangleAlert)} <span>{near_words(&near)}</span></p>
            </For>
            <Show when=move || shown.get() && pods.with(|pods| !pods.is_empty())>
                <details>
                    <summary>{icon(Icon::ChevronRight)} <span>{texts.by_pod}</span></summary>
                    <table>
                        <thead><tr><th scope="col">{texts.pod}</th><th scope="col">{texts.cpu}</th><th scope="col">{texts.memory}</th></tr></thead>
                        <tbody>
                            {move || pods.get().into_iter().map(|pod| view! {
                                <tr>
                                    <th scope="row"><code>{pod.name}</code></th>
                                    {kinds().map(|kind| view! { <td>{kind.words(pod.used, pod.limit)}</td> }).into_iter().collect_view()}
                                </tr>
                            }).collect_view()}
                        </tbody>
                    </table>
                </details>
            </Show>
        </section>
    }
}

/// Why there are no figures of now, and what to do about it.
fn why_not(live: &Live<UsageView>) -> AnyView {
    let usage = match live {
        Live::Loading => return view! { <p class="muted">{t().common.loading}</p> },
        Live::Failed(error) => return view! { <p class="muted">{i18n::api_error(error)}</p> },
        Live::Ready(usage) if usage.state == UsageState::Current => return ().into_any(),
        Live::Ready(usage) => usage,
    };
    let why = (t().usage_state)(usage.state);
    let measured =
        usage.measured_at.as_ref().filter(|_| usage.state == UsageState::Stale).map(crate::api::DateTime::millis);
    view! {
        <p>
            {why.sentence}
            {measured.map(|at| view! { " " {t().usage.measured} " " <When at=at /> "." })}
        </p>
        <p class="muted">{why.next}</p>
    }
}

/// One resource: its figure in words, how much of the limit that is, and the line.
fn meter(kind: Kind, usage: Memo<Option<UsageView>>) -> AnyView {
    let figure = move || usage.with(|usage| usage.as_ref().map(|usage| kind.words(usage.used, usage.limit)));
    let share = move || {
        usage.with(|usage| {
            let usage = usage.as_ref()?;
            let (used, limit) = ((kind.of)(usage.used)?, (kind.of)(usage.limit).filter(|limit| *limit > 0.0)?);
            Some(with(t().usage.share, "n", &grouped((used / limit * 100.0).round())))
        })
    };
    let chart = memo(move |_| usage.with(|usage| usage.as_ref().and_then(|usage| kind.chart(usage))));
    let part = move |read: fn((String, bool, String)) -> String| chart.get().map(read);
    // Before there is anything to draw, the picture is named by what it will show.
    let name = move || part(|chart| chart.2).unwrap_or_else(|| kind.label.to_owned());
    view! {
        <div class="meter">
            <h3>{kind.label}</h3>
            <p><strong>{figure}</strong> " " <span class="muted">{share}</span></p>
            <svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label=name>
                <path class="limit" d=move || part(|chart| if chart.1 { "M0 2H100".to_owned() } else { String::new() }) />
                <path class="line" d=move || part(|chart| chart.0) />
            </svg>
        </div>
    }
}

fn near_words(near: &NearLimit) -> String {
    let texts = &t().usage;
    let text = match near.resource {
        UsageResource::Cpu => texts.near_cpu,
        UsageResource::Memory => texts.near_memory,
    };
    let percent = near.percent.to_string();
    fill(text, |name| match name {
        "container" => Some(&near.container),
        "pod" => Some(&near.pod),
        "n" => Some(&percent),
        _ => None,
    })
}

//! The part of a log that is on the screen: only those rows are in the page, however many there are.

use super::{
    ansi,
    buffer::{Buffer, Mark, Row},
    feed::Feed,
};
use crate::lean::{For, effect, memo, view};
use crate::{
    api::{DateTime, subscriptions::LogLine},
    i18n::{self, count, t},
    ui::{Icon, icon},
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, KeyboardEvent, ResizeObserver};

/// The height of a screen line in pixels; the same in the style sheet.
const LINE: f64 = 20.0;
/// Screen lines kept ready above and below what is seen.
const AROUND: u64 = 20;

/// What is seen.
#[derive(Clone, Copy, PartialEq, Default)]
struct Port {
    top: f64,
    height: f64,
}

/// The log.
#[component]
pub fn LogView(
    /// What is read.
    feed: Feed,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let ruler = NodeRef::<html::Span>::new();
    let port = RwSignal::new(Port::default());
    let measure = move || {
        let (Some(view), Some(ruler)) = (node.get_untracked(), ruler.get_untracked()) else { return };
        fit(feed, &view, &ruler);
        port.set(Port { top: f64::from(view.scroll_top()), height: f64::from(view.client_height()) });
    };
    observe(node, measure);
    effect(move || {
        feed.wrap.track();
        measure();
    });
    // After each change, the view stays at the end, or where the reader is, though the oldest lines have gone.
    effect(move || {
        feed.version.track();
        let following = feed.following.get();
        request_animation_frame(move || {
            let Some(Some(view)) = node.try_get_untracked() else { return };
            let gone = feed.gone.try_update_value(std::mem::take).unwrap_or_default();
            if following && feed.following.try_get_untracked() == Some(true) {
                view.set_scroll_top(view.scroll_height());
            } else if gone > 0 {
                view.set_scroll_top(view.scroll_top() - pixels(gone));
            }
            port.try_set(Port { top: f64::from(view.scroll_top()), height: f64::from(view.client_height()) });
        });
    });
    let scrolled = move |_| {
        let Some(view) = node.get_untracked() else { return };
        let top = f64::from(view.scroll_top());
        let at_end = view.scroll_height() - view.scroll_top() - view.client_height() < 4;
        // Scrolled down to the end: the reader wants to follow again.
        if at_end && top > port.get_untracked().top && !feed.following.get_untracked() {
            feed.following.set(true);
        }
        port.set(Port { top, height: f64::from(view.client_height()) });
    };
    let let_go = move || {
        if feed.following.get_untracked() {
            feed.following.set(false);
        }
    };
    let keyed = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowUp" | "PageUp" | "Home" => let_go(),
        "End" => feed.following.set(true),
        _ => {}
    };
    let pressed = move |event: ev::MouseEvent| {
        // On the scroll bar, which is right of the content.
        if node.get_untracked().is_some_and(|view| event.offset_x() > view.client_width()) {
            let_go();
        }
    };
    let seen = memo(move |_| {
        feed.version.track();
        feed.wrap.track();
        let port = port.get();
        feed.buffer.with_value(|buffer| {
            let (first, rows) = (lines(port.top), lines(port.height) + 2);
            let top = first.saturating_sub(AROUND);
            let (offset, rows) = buffer.visible(top, rows + first - top + AROUND);
            (offset, buffer.height(), rows)
        })
    });
    view! {
        <div
            node_ref=node
            class="log"
            class:wrap=move || feed.wrap.get()
            role="log"
            aria-live="off"
            aria-label=t().service.tab_logs
            tabindex="0"
            on:scroll=scrolled
            on:wheel=move |event: ev::WheelEvent| {
                if event.delta_y() < 0.0 {
                    let_go();
                }
            }
            on:touchmove=move |_| let_go()
            on:keydown=keyed
            on:mousedown=pressed
        >
            <span node_ref=ruler class="log-ruler" aria-hidden="true">{"0".repeat(100)}</span>
            <div class="log-room" style:height=move || px(seen.with(|seen| seen.1))>
                <div class="log-window" style:transform=move || format!("translateY({})", px(seen.with(|seen| seen.0)))>
                    <For each=move || seen.with(|seen| seen.2.clone()) key=|row| (row.0, row.1) let:row>
                        <RowView row=row.2 height=row.1 />
                    </For>
                </div>
            </div>
            {move || (feed.lines.get() == 0).then(|| view! { <p class="log-empty muted">{t().logs.empty}</p> })}
        </div>
    }
}

/// Measures when the view appears and whenever its size changes.
fn observe(node: NodeRef<html::Div>, measure: impl Fn() + Copy + 'static) {
    let watching = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    effect(move || {
        let Some(view) = node.get() else { return };
        let callback = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&view);
            watching.set_value(Some((observer, callback)));
        }
        measure();
    });
    on_cleanup(move || {
        if let Some(Some((observer, _))) = watching.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
}

/// Tells the buffer how many letters fit into a line.
fn fit(feed: Feed, view: &HtmlElement, ruler: &HtmlElement) {
    let letter = ruler.get_bounding_client_rect().width() / 100.0;
    let first = view.query_selector(".log-line .log-text").ok().flatten();
    let room = first.map_or_else(
        || f64::from(view.client_width()) - ruler.get_bounding_client_rect().left().max(0.0),
        |text| text.get_bounding_client_rect().width(),
    );
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred")]
    let columns = (feed.wrap.get_untracked() && letter > 0.0).then(|| (room / letter).floor() as u32);
    let changed = feed.buffer.try_update_value(|buffer| Buffer::wrap(buffer, columns));
    if changed == Some(true) {
        feed.version.update(|version| *version += 1);
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a scroll position is not negative")]
fn lines(pixels: f64) -> u64 {
    (pixels.max(0.0) / LINE).floor() as u64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "within what browsers can scroll")]
fn pixels(lines: u64) -> i32 {
    (lines as f64 * LINE) as i32
}

fn px(lines: u64) -> String {
    format!("{}px", pixels(lines))
}

#[component]
fn RowView(row: Row, height: u64) -> impl IntoView {
    match row {
        Row::Line(line) => view! { <Line line=line height=height /> }.into_any(),
        Row::Mark(mark) => {
            let texts = &t().logs;
            let words = match mark {
                Mark::Gap => texts.gap.to_owned(),
                Mark::Dropped(lines) => count(texts.dropped, usize::try_from(lines).unwrap_or(usize::MAX)),
                Mark::Ended => texts.ended.to_owned(),
            };
            view! { <p class="log-mark">{icon(Icon::TriangleAlert)} <span>{words}</span></p> }.into_any()
        }
    }
}

#[component]
fn Line(line: LogLine, height: u64) -> impl IntoView {
    let millis = DateTime::millis(&line.at);
    let text = if line.text.contains('\u{1b}') {
        ansi::spans(&line.text)
            .into_iter()
            .map(|span| view! { <span class=span.class>{span.text}</span> })
            .collect_view()
            .into_any()
    } else {
        line.text.into_any()
    };
    view! {
        <div class="log-line" style:height=px(height)>
            <time title=i18n::exact(millis)>{i18n::clock_time(millis)}</time>
            <span class="log-text">{text} {line.cut.then(|| view! { <em class="muted">{t().logs.cut}</em> })}</span>
        </div>
    }
}

//! The part of a log that is on the screen: only those rows are in the page, however many there are.

use super::{
    buffer::{Buffer, Shown},
    feed::Feed,
    line::{RowView, Shape},
};
use crate::i18n::t;
use crate::lean::{For, effect, memo, view};
use crate::ui::on_resize;
use leptos::{ev, html, prelude::*};
use web_sys::{HtmlElement, KeyboardEvent};

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
    /// How its lines are drawn.
    shape: Shape,
    /// The number of the row at the top of what is seen.
    top: StoredValue<u64>,
    /// What stands in place of lines where there are none.
    empty: Signal<&'static str>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let ruler = NodeRef::<html::Span>::new();
    let port = RwSignal::new(Port::default());
    let look = move |view: &HtmlElement| {
        port.try_set(Port { top: f64::from(view.scroll_top()), height: f64::from(view.client_height()) });
    };
    let measure = move || {
        let (Some(view), Some(ruler)) = (node.get_untracked(), ruler.get_untracked()) else { return };
        let at = top.get_value();
        if fit(feed, shape.wrap.get_untracked(), &view, &ruler) && !feed.following.get_untracked() {
            // Wrapped otherwise, what was read stands elsewhere.
            request_animation_frame(move || {
                let Some(Some(view)) = node.try_get_untracked() else { return };
                let place = feed.buffer.try_with_value(|buffer| buffer.place(at)).flatten();
                view.set_scroll_top(place.map_or(0, pixels));
            });
        }
        look(&view);
    };
    on_resize(node, false, measure);
    let any = memo(move |_| feed.lines.get() > 0);
    // What a line has beside its text takes room too: measured again once that is drawn.
    effect(move || {
        shape.wrap.track();
        shape.times.track();
        any.track();
        request_animation_frame(move || {
            if node.try_get_untracked().is_some() {
                measure();
            }
        });
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
            look(&view);
        });
    });
    effect(move || {
        let Some(number) = feed.revealed.get() else { return };
        request_animation_frame(move || {
            let Some(Some(view)) = node.try_get_untracked() else { return };
            let place = feed.buffer.try_with_value(|buffer| buffer.place(number)).flatten();
            feed.revealed.try_set(None);
            let Some(place) = place.map(pixels) else { return };
            let (top, height) = (view.scroll_top(), view.client_height());
            if place < top || place + pixels(2) > top + height {
                view.set_scroll_top(place - height / 3);
            }
            look(&view);
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
        look(&view);
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
        shape.wrap.track();
        let following = feed.following.get();
        let port = port.get();
        feed.buffer.with_value(|buffer| {
            let height = lines(port.height) + 2;
            let end = (buffer.height() + 2).saturating_sub(height);
            // At the end at once, though the browser is told to scroll there only after it is drawn.
            let first = if following { end } else { lines(port.top) };
            top.set_value(buffer.at(first));
            let from = first.saturating_sub(AROUND);
            let (offset, rows) = buffer.visible(from, height + first - from + AROUND);
            (offset, buffer.height(), rows)
        })
    });
    let rows = memo(move |_| {
        let generation = shape.generation.get();
        let rows = seen.with(|seen| seen.2.clone());
        rows.into_iter().map(|row| (generation, row)).collect::<Vec<(u64, Shown)>>()
    });
    view! {
        <div
            node_ref=node
            class="log"
            class:wrap=move || shape.wrap.get()
            data-time=move || shape.times.get().as_str()
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
                    <For each=move || rows.get() key=|row| (row.0, row.1.0, row.1.1) let:row>
                        <RowView row=row.1 shape=shape />
                    </For>
                </div>
            </div>
            {move || (!any.get()).then(|| view! { <p class="log-empty muted">{empty.get()}</p> })}
        </div>
    }
}

/// Tells the buffer how many letters fit into a line; whether that is something new.
fn fit(feed: Feed, wrap: bool, view: &HtmlElement, ruler: &HtmlElement) -> bool {
    let letter = ruler.get_bounding_client_rect().width() / 100.0;
    let first = view.query_selector(".log-line .log-text").ok().flatten();
    let room = first.map_or_else(
        || f64::from(view.client_width()) - ruler.get_bounding_client_rect().left().max(0.0),
        |text| text.get_bounding_client_rect().width(),
    );
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred")]
    let columns = (wrap && letter > 0.0).then(|| (room / letter).floor() as u32);
    let changed = feed.buffer.try_update_value(|buffer| Buffer::wrap(buffer, columns)) == Some(true);
    if changed {
        feed.version.update(|version| *version += 1);
    }
    changed
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a scroll position is not negative")]
fn lines(pixels: f64) -> u64 {
    (pixels.max(0.0) / LINE).floor() as u64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "within what browsers can scroll")]
fn pixels(lines: u64) -> i32 {
    (lines as f64 * LINE) as i32
}

/// So many screen lines as style sheets write it.
pub fn px(lines: u64) -> String {
    format!("{}px", pixels(lines))
}

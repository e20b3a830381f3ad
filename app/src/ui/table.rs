//! Tables: on a phone they scroll sideways in a box of their own.

use super::on_resize;
use crate::i18n::t;
use crate::lean::view;
use leptos::{html, prelude::*};

/// A table with the names of its columns; its rows are inside. Its box is a stop of the keyboard only while there is
/// something to scroll.
#[component]
pub fn Table(
    /// What is listed.
    label: &'static str,
    /// The names of its columns.
    columns: Vec<&'static str>,
    /// Whether a last column, without a name to be seen, holds what can be done with each.
    #[prop(optional)]
    actions: bool,
    /// Whether it stands on the page alone, in a box of its own.
    #[prop(optional)]
    alone: bool,
    /// Its class.
    #[prop(optional)]
    class: &'static str,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let scrolls = RwSignal::new(false);
    on_resize(node, true, move || {
        // Widths that are no whole pixels are rounded, each by itself.
        let now = node.get_untracked().is_some_and(|node| node.scroll_width() > node.client_width() + 1);
        if now != scrolls.get_untracked() {
            scrolls.set(now);
        }
    });
    view! {
        <div
            node_ref=node
            class="table-scroll"
            class:panel=alone
            class:flush=alone
            tabindex=move || scrolls.get().then_some("0")
            role="group"
            aria-label=label
        >
            <table class=class>
                <thead>
                    <tr>
                        {columns.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()}
                        {actions.then(|| view! {
                            <th scope="col"><span class="visually-hidden">{t().common.actions}</span></th>
                        })}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// An e-mail address in a cell: where there is little room it takes a second line from its `@`, not from any letter.
pub fn email(address: &str) -> impl IntoView + use<> {
    let at = address.find('@').unwrap_or(address.len());
    let (person, host) = (address[..at].to_owned(), address[at..].to_owned());
    view! { {person}<wbr />{host} }
}

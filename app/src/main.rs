//! The console of Woow PaaS: a Leptos app in WebAssembly.

#![allow(clippy::redundant_closure, reason = "closures written inside of `view!` share their code, others do not")]

mod api;
mod app;
mod components;
mod i18n;
mod lazy;
mod lean;
mod pages;
mod panic;
mod paths;
mod stores;
mod ui;

fn main() {
    panic::show_a_page();
    if let Some(root) = leptos::prelude::document().document_element() {
        // The root takes any attribute.
        let _ = root.set_attribute("lang", i18n::locale());
    }
    leptos::mount::mount_to_body(app::App);
}

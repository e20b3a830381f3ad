//! A fault of the console itself shows a page instead of silence.

use crate::i18n::t;
use web_sys::{Document, Element};

/// From now on, a panic is written to the browser's console and shown as a page with a way on.
pub fn show_a_page() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(document) = document {
            // Where even this fails there is nothing left to show it with.
            let _ = page(&document);
        }
    }));
}

fn page(document: &Document) -> Option<()> {
    let texts = &t().errors;
    let body = document.body()?;
    body.set_inner_html("");
    let root = element(document, "main", "empty crash", None)?;
    // Read out at once.
    root.set_attribute("role", "alert").ok()?;
    for part in
        [element(document, "h1", "", Some(texts.crash_title))?, element(document, "p", "", Some(texts.crash_text))?, {
            let link = element(document, "a", "button primary", Some(t().common.reload))?;
            // A link with the page's own address loads it anew, without a script: the console no longer runs.
            link.set_attribute("href", &web_sys::window()?.location().href().ok()?).ok()?;
            link
        }]
    {
        root.append_child(&part).ok()?;
    }
    body.append_child(&root).ok()?;
    Some(())
}

fn element(document: &Document, name: &str, class: &str, text: Option<&str>) -> Option<Element> {
    let element = document.create_element(name).ok()?;
    element.set_class_name(class);
    element.set_text_content(text);
    Some(element)
}

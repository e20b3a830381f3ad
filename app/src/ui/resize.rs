//! Measuring an element again when its size changes.

use crate::lean::effect;
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

/// Measures when the element appears and whenever its size changes, or that of what it holds where `inside` says so.
pub fn on_resize(node: NodeRef<html::Div>, inside: bool, measure: impl Fn() + Copy + 'static) {
    let watching = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    effect(move || {
        let Some(element) = node.get() else { return };
        let callback = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&element);
            if let Some(content) = element.first_element_child().filter(|_| inside) {
                observer.observe(&content);
            }
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

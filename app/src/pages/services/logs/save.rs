//! A log as a file: what is loaded, put together here, or all that the cluster has, from the server.

use super::{
    address::Source,
    ansi,
    buffer::{Buffer, Row},
    line, time,
};
use crate::api::{
    ApiError,
    mutations::{self, CreateLogDownloadInput},
};
use cynic::Id;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Letters in one piece of a file.
const PIECE: usize = 1 << 20;

/// The file's name.
fn name(source: &Source) -> String {
    let run = if source.previous { "_previous" } else { "" };
    format!("{}_{}{run}.log", source.pod, source.container)
}

/// Saves what is loaded: each line with its time, without colours.
pub fn loaded(buffer: &Buffer, source: &Source) -> Result<(), JsValue> {
    let pieces = Array::new();
    let mut piece = String::new();
    for row in buffer.rows() {
        match row {
            Row::Line(one) => {
                piece.push_str(&time::written(one.at));
                piece.push(' ');
                piece.push_str(&ansi::plain(&one.text));
            }
            Row::Mark(mark) => {
                piece.push_str("--- ");
                piece.push_str(&line::words(*mark));
            }
        }
        piece.push('\n');
        if piece.len() >= PIECE {
            pieces.push(&JsValue::from_str(&piece));
            piece.clear();
        }
    }
    pieces.push(&JsValue::from_str(&piece));
    let kind = BlobPropertyBag::new();
    kind.set_type("text/plain;charset=utf-8");
    let blob = Blob::new_with_str_sequence_and_options(&pieces, &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    save(&url, &name(source))?;
    // The browser has taken it by then.
    gloo_timers::callback::Timeout::new(60_000, move || drop(Url::revoke_object_url(&url))).forget();
    Ok(())
}

/// Saves all that the cluster has.
pub async fn whole(service_id: Id, source: Source) -> Result<(), ApiError> {
    let file = name(&source);
    let Source { pod, container, previous } = source;
    let made = mutations::create_log_download(CreateLogDownloadInput { service_id, pod, container, previous }).await?;
    // Only a page without a document could refuse.
    let _ = save(&made.url, &file);
    Ok(())
}

fn save(url: &str, name: &str) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(url);
    link.set_download(name);
    link.click();
    Ok(())
}

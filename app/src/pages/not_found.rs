//! An address that leads nowhere.

use crate::lean::view;
use crate::{
    api::{ApiError, Code},
    components::Failure,
};
use leptos::prelude::*;
use shared::error::ErrorCode;

/// The page for an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <Failure error=ApiError::of(Code::Server(ErrorCode::NotFound)) /> }
}

//! A message that stands in the page.

use super::{Icon, icon};
use crate::lean::view;
use leptos::prelude::*;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Info,
    /// Worth a look.
    Warning,
    /// Something failed.
    Error,
    /// Something is done.
    Success,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "alert info",
            Self::Warning => "alert warning",
            Self::Error => "alert error",
            Self::Success => "alert success",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Warning => Icon::TriangleAlert,
            Self::Error => Icon::CircleX,
            Self::Success => Icon::CircleCheck,
        }
    }
}

/// A message that stands in the page; errors are read out at once.
#[component]
pub fn Alert(
    /// How much it matters.
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let role = if tone == Tone::Error { "alert" } else { "status" };
    view! {
        <div class=tone.class() role=role>
            {icon(tone.icon())}
            <div class="alert-body">{children()}</div>
        </div>
    }
}

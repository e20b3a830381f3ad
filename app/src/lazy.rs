//! Pages whose code is not part of the first load: it is fetched when such a page is first opened.
//!
//! `wasm_split` marks the function that hands out a page; all that only this function reaches becomes a file of its own
//! (`tools/wasm`). What is handed out is a pointer, not a view: a view has to be made where it belongs, under its owner.

use crate::lean::{dynamic, spawn, view};
use crate::{
    api::{ApiError, Code},
    components::Failure,
    stores::session,
    ui::Skeleton,
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::{future::Future, pin::Pin, sync::OnceLock};

/// Makes a page of what it is given.
pub type Make<A> = fn(A) -> AnyView;

/// A page on its way; an error is a file that could not be had.
pub type Loading<A> = Pin<Box<dyn Future<Output = Result<Make<A>, SplitLoaderError>>>>;

/// A page that is loaded once, when it is first shown.
pub struct Lazy<A: 'static> {
    made: OnceLock<Make<A>>,
    load: fn() -> Loading<A>,
}

impl<A: Clone + Send + Sync + 'static> Lazy<A> {
    /// A page that `load` fetches.
    pub const fn new(load: fn() -> Loading<A>) -> Self {
        Self { made: OnceLock::new(), load }
    }

    /// The page if it is here, else its shape until it is.
    pub fn show(&'static self, with: A) -> AnyView {
        if let Some(make) = self.made.get() {
            return make(with);
        }
        let arrived = RwSignal::new(None::<bool>);
        spawn(async move {
            let loaded = (self.load)().await;
            let here = loaded.is_ok();
            if let Ok(make) = loaded {
                // Loaded twice at the same moment, it is the same function.
                self.made.get_or_init(|| make);
            } else {
                // A server of another build no longer has this page's files: then the bar says so.
                session::check();
            }
            // Who asked may have gone elsewhere meanwhile.
            let _ = arrived.try_set(Some(here));
        });
        dynamic(move || match (arrived.get(), self.made.get()) {
            (None, _) => view! { <Skeleton /> },
            (Some(true), Some(make)) => untrack(|| make(with.clone())),
            (Some(_), _) => view! { <Failure error=ApiError::of(Code::Offline) /> },
        })
    }
}

/// What fetches a page: the name of its file, what the page is given, and how it is made. Pages that name the same file
/// are fetched together.
macro_rules! lazy {
    ($file:ident, $given:ty, $make:expr) => {{
        #[::leptos::wasm_split::wasm_split($file, wasm_split_path = ::leptos::wasm_split, fallible)]
        fn $file() -> Result<$crate::lazy::Make<$given>, ::leptos::wasm_split::SplitLoaderError> {
            Ok($make)
        }
        $crate::lazy::Lazy::new(|| Box::pin($file()))
    }};
}
pub(crate) use lazy;

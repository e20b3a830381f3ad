//! Building blocks of Leptos, each compiled once instead of once for each place where it is used.
//!
//! Leptos makes code for every type of a view and for every closure of an effect; boxed, they share it. That is more
//! than a quarter of what a first visit loads.

use leptos::{children::ViewFn, prelude::*};
use std::{
    future::Future,
    hash::{DefaultHasher, Hash, Hasher},
    pin::Pin,
    sync::Arc,
};

/// `view!` of Leptos as one type, whatever is in it.
macro_rules! view {
    ($($tokens:tt)*) => { ::leptos::prelude::IntoAny::into_any(::leptos::prelude::view! { $($tokens)* }) };
}
pub(crate) use view;

/// A view that is made again whenever what it reads has changed.
pub fn dynamic<V: IntoView + 'static>(make: impl Fn() -> V + Send + 'static) -> AnyView {
    dynamic_boxed(Box::new(move || make().into_any()))
}

fn dynamic_boxed(make: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    view! { {move || make()} }
}

/// Runs a task of its own.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    leptos::task::spawn_local(task);
}

/// Runs now and whenever what it reads has changed.
pub fn effect(run: impl FnMut() + 'static) {
    effect_boxed(Box::new(run));
}

fn effect_boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

type Compute<T> = Box<dyn Fn(Option<&T>) -> T + Send + Sync>;

/// A value that is worked out again whenever what it reads has changed, and that tells only of real changes.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static,
) -> Memo<T> {
    memo_boxed(Box::new(compute))
}

fn memo_boxed<T: PartialEq + Send + Sync + 'static>(compute: Compute<T>) -> Memo<T> {
    Memo::new(compute)
}

/// One of a list as it changes, for what is drawn of it alone; `find` looks for it. One that is gone stays as it was
/// until what shows it is gone, too.
pub fn kept<T: Clone + PartialEq + Send + Sync + 'static>(
    first: T,
    find: impl Fn() -> Option<T> + Send + Sync + 'static,
) -> Memo<T> {
    memo(move |before: Option<&T>| find().or_else(|| before.cloned()).unwrap_or_else(|| first.clone()))
}

/// Shows its children while `when` holds, and `fallback` otherwise.
#[component]
pub fn Show(
    /// Whether the children are shown.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// What is shown otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    either(memo(move |_| when()), children, fallback)
}

fn either(when: Memo<bool>, children: ChildrenFn, fallback: ViewFn) -> AnyView {
    view! { {move || if when.get() { children() } else { fallback.run() }} }
}

/// A list in which what stays is kept as it is.
#[component]
pub fn For<T, K, V>(
    /// Its items.
    each: impl Fn() -> Vec<T> + Send + 'static,
    /// What tells one item from another.
    key: impl Fn(&T) -> K + Send + 'static,
    /// The view of an item.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    K: Hash + 'static,
    V: IntoView + 'static,
{
    let children = Arc::new(children);
    list(Box::new(move || {
        let item = |item: T| {
            let mut hasher = DefaultHasher::new();
            key(&item).hash(&mut hasher);
            let children = children.clone();
            Item { key: hasher.finish(), make: Box::new(move || children(item).into_any()) }
        };
        each().into_iter().map(item).collect()
    }))
}

struct Item {
    key: u64,
    make: Box<dyn FnOnce() -> AnyView + Send>,
}

fn list(items: Box<dyn Fn() -> Vec<Item> + Send>) -> AnyView {
    leptos::control_flow::For(leptos::control_flow::ForProps {
        each: items,
        key: |item: &Item| item.key,
        children: |item: Item| (item.make)(),
    })
    .into_any()
}

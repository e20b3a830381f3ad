//! Lists that grow where they stand, page by page, as far as they go.

use super::{ApiError, Code, live::Live, types::PageInfo, wake};
use crate::{
    i18n,
    lean::{effect, spawn},
    stores::toasts,
};
use leptos::prelude::*;
use std::{future::Future, pin::Pin};

/// What a page of a list brings: its items, and where it ends.
pub type Part<T> = (Vec<T>, PageInfo);
type Asking<T> = Pin<Box<dyn Future<Output = Result<Part<T>, ApiError>>>>;
type Ask<T> = Box<dyn Fn(Option<String>) -> Asking<T> + Send + Sync>;

/// A list that grows page by page. Cursors are places in its order, so that what is added or removed meanwhile makes
/// nothing come twice or be passed over.
pub struct Growing<T: Send + Sync + 'static> {
    /// What is here.
    pub items: RwSignal<Live<Vec<T>>>,
    /// Whether there is more.
    pub more: RwSignal<bool>,
    /// Whether more is on its way.
    pub busy: RwSignal<bool>,
    next: StoredValue<Option<String>>,
    /// How many there shall be at least, if there are as many.
    wanted: StoredValue<usize>,
    /// Whether it is being read, and which reading is the newest; what an older one brings is let go.
    reading: StoredValue<bool>,
    turn: StoredValue<u32>,
    ask: StoredValue<Ask<T>>,
}

impl<T: Send + Sync + 'static> Clone for Growing<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Growing<T> {}

impl<T: Clone + Send + Sync + 'static> Growing<T> {
    /// Asks for the first page; `ask` is given the cursor after which a page begins. What is here is read anew when the
    /// tab has been away.
    pub fn new<F>(ask: impl Fn(Option<String>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Part<T>, ApiError>> + 'static,
    {
        Self::boxed(Box::new(move |after: Option<String>| -> Asking<T> { Box::pin(ask(after)) }))
    }

    fn boxed(ask: Ask<T>) -> Self {
        let growing = Self {
            items: RwSignal::new(Live::Loading),
            more: RwSignal::new(false),
            busy: RwSignal::new(false),
            next: StoredValue::new(None),
            wanted: StoredValue::new(0),
            reading: StoredValue::new(false),
            turn: StoredValue::new(0),
            ask: StoredValue::new(ask),
        };
        let returned = wake::returned();
        effect(move || {
            returned.track();
            growing.again();
        });
        growing
    }

    /// Asks for the next page, unless it is on its way already.
    pub fn grow(self) {
        if self.busy.get_untracked() {
            return;
        }
        let here = self.items.with_untracked(|live| live.ready().cloned()).unwrap_or_default();
        self.busy.set(true);
        self.wanted.set_value(here.len() + 1);
        // While it is read anew, that goes on as far.
        if !self.reading.get_value() {
            self.read(here, self.next.get_value());
        }
    }

    /// Reads anew what is here, after a change: the list stays as long as it has grown, and is shown when all is there.
    pub fn again(self) {
        self.read(Vec::new(), None);
    }

    /// Reads on after `here`, until there are as many as are wanted.
    fn read(self, mut here: Vec<T>, mut next: Option<String>) {
        let mine = self.turn.get_value() + 1;
        self.turn.set_value(mine);
        self.reading.set_value(true);
        spawn(async move {
            loop {
                let Some(answer) = self.ask.try_with_value(|ask| ask(next.take())) else { return };
                let answer = answer.await;
                // The page is gone, or the list is read anew.
                if self.turn.try_get_value() != Some(mine) {
                    return;
                }
                match answer {
                    Ok((items, page)) => {
                        here.extend(items);
                        next = page.next();
                    }
                    Err(error) => return self.fail(error),
                }
                if next.is_none() || here.len() >= self.wanted.get_value() {
                    break;
                }
            }
            self.reading.set_value(false);
            self.busy.set(false);
            self.more.set(next.is_some());
            self.next.set_value(next);
            self.wanted.set_value(here.len());
            self.items.set(Live::Ready(here));
        });
    }

    /// What is here stays where only more of it could not be had, or the server could not be reached.
    fn fail(self, error: ApiError) {
        let pressed = self.busy.get_untracked();
        self.reading.set_value(false);
        self.busy.set(false);
        match self.items.with_untracked(|live| live.ready().map(Vec::len)) {
            Some(here) if pressed => {
                self.wanted.set_value(here);
                toasts::failed(i18n::api_error(&error));
            }
            Some(_) if error.code == Code::Offline => {}
            _ => self.items.set(Live::Failed(error)),
        }
    }
}

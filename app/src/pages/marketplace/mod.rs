//! The marketplace: apps, one app, and the form that launches it.

mod app;
mod fields;
mod launch;
mod list;
mod subdomain;

pub use app::{AppPage, binary};
pub use launch::LaunchPage;
pub use list::Marketplace;

use crate::{
    api::types::Money,
    i18n::{money, t, with},
};

/// "€9.00 a month", or that it costs nothing.
fn price(price: &Money) -> String {
    if price.amount == 0 {
        t().market.free.to_owned()
    } else {
        with(t().market.monthly, "price", &money(price.amount, &price.currency))
    }
}

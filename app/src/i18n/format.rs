//! Times, figures and money as the browser writes them in the locale.

use super::{locale, t, with};
use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

fn options(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in pairs {
        // A fresh plain object takes every key.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}

fn locales() -> Array {
    Array::of1(&JsValue::from_str(locale()))
}

thread_local! {
    static RELATIVE: Intl::RelativeTimeFormat =
        Intl::RelativeTimeFormat::new(&locales(), &options(&[("numeric", "auto")]));
    static EXACT: js_sys::Function =
        Intl::DateTimeFormat::new(&locales(), &options(&[("dateStyle", "medium"), ("timeStyle", "long")])).format();
    static CLOCK: js_sys::Function = clock(&[]);
    static LOG_CLOCK: js_sys::Function = clock(&[MILLIS]);
    static LOG_CLOCK_UTC: js_sys::Function = clock(&[MILLIS, ("timeZone", "UTC")]);
    static NUMBER: js_sys::Function = Intl::NumberFormat::new(&locales(), &Object::new()).format();
}

const MILLIS: (&str, &str) = ("fractionalSecondDigits", "3");

/// The time of day, to the second unless more is said.
fn clock(more: &[(&str, &str)]) -> js_sys::Function {
    let parts = [("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit"), ("hourCycle", "h23")];
    Intl::DateTimeFormat::new(&locales(), &options(&[&parts, more].concat())).format()
}

fn call(function: &js_sys::Function, value: &JsValue) -> String {
    function.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// "5 minutes ago", "in 3 days".
pub fn relative(millis: f64, now: f64) -> String {
    let amount = (millis - now) / 1000.0;
    if amount.abs() < 10.0 {
        return t().common.just_now.to_owned();
    }
    let (amount, unit) = largest(amount);
    RELATIVE.with(|format| String::from(format.format(amount, unit)))
}

/// "12 seconds", "3 hours".
pub fn span(millis: f64) -> String {
    let (amount, unit) = largest(-(millis / 1000.0).max(1.0));
    let options = options(&[("style", "unit"), ("unit", unit), ("unitDisplay", "long")]);
    call(&Intl::NumberFormat::new(&locales(), &options).format(), &JsValue::from_f64(amount.abs()))
}

/// Seconds in the largest unit of which they are at least one; less than 0 where they are over.
fn largest(mut amount: f64) -> (f64, &'static str) {
    // Up to how many are told of each, and how many are one of the next.
    const UNITS: [(f64, f64, &str); 5] = [
        (60.0, 60.0, "second"),
        (60.0, 60.0, "minute"),
        (24.0, 24.0, "hour"),
        (31.0, 30.0, "day"),
        (12.0, 12.0, "month"),
    ];
    // What ends in 30 days said so a moment ago; what was 30 days ago was so long ago at least.
    let whole = |amount: f64| if amount > 0.0 { amount.round() } else { amount.trunc() };
    for (most, size, unit) in UNITS {
        if whole(amount).abs() < most {
            return (whole(amount), unit);
        }
        amount /= size;
    }
    (whole(amount), "year")
}

/// Date and time to the second, with the zone.
pub fn exact(millis: f64) -> String {
    EXACT.with(|format| call(format, &Date::new(&JsValue::from_f64(millis)).into()))
}

/// The time of day, to the second.
pub fn clock_time(millis: f64) -> String {
    CLOCK.with(|format| call(format, &JsValue::from_f64(millis)))
}

/// The time of day of a log's line, to the millisecond: in the viewer's zone, or in UTC.
pub fn log_time(millis: f64, utc: bool) -> String {
    let clock = if utc { &LOG_CLOCK_UTC } else { &LOG_CLOCK };
    clock.with(|format| call(format, &JsValue::from_f64(millis)))
}

/// A figure with its thousands grouped.
pub fn grouped(number: f64) -> String {
    NUMBER.with(|format| call(format, &JsValue::from_f64(number)))
}

/// A figure with so many decimals. The browser's own way: Rust's weighs ten kilobytes.
fn fixed(number: f64, decimals: u8) -> String {
    js_sys::Number::from(number).to_fixed(decimals).map(String::from).unwrap_or_default()
}

/// An amount of memory: `92 MiB`, `1.4 GiB`.
pub fn bytes(number: f64) -> String {
    let (mut figure, mut unit) = (number / 1024.0, "KiB");
    for larger in ["MiB", "GiB", "TiB"] {
        if figure < 1024.0 {
            break;
        }
        (figure, unit) = (figure / 1024.0, larger);
    }
    let whole = figure >= 10.0 || (figure - figure.round()).abs() < 0.05;
    format!("{} {unit}", fixed(figure, u8::from(!whole)))
}

/// How long something took.
pub fn duration(millis: f64) -> String {
    let units = &t().units;
    let seconds = (millis / 1000.0).max(0.0);
    if seconds < 0.1 {
        return with(units.seconds, "n", "< 0.1");
    }
    if seconds < 10.0 {
        return with(units.seconds, "n", &fixed(seconds, 1));
    }
    let minutes = (seconds / 60.0).floor();
    if minutes < 1.0 {
        return with(units.seconds, "n", &fixed(seconds, 0));
    }
    let rest = (seconds % 60.0).floor();
    let hours = (minutes / 60.0).floor();
    let (large, small) = if hours < 1.0 {
        (with(units.minutes, "n", &fixed(minutes, 0)), with(units.seconds, "n", &fixed(rest, 0)))
    } else {
        (with(units.hours, "n", &fixed(hours, 0)), with(units.minutes, "n", &fixed(minutes % 60.0, 0)))
    };
    format!("{large} {small}")
}

/// An amount in minor units, written with its currency.
pub fn money(amount: i32, currency: &str) -> String {
    let options = options(&[("style", "currency"), ("currency", currency)]);
    let format = Intl::NumberFormat::new(&locales(), &options);
    // How many minor units make one: two for most currencies, none for some (ISO 4217).
    let digits = Reflect::get(&format.resolved_options(), &JsValue::from_str("maximumFractionDigits"))
        .ok()
        .and_then(|digits| digits.as_f64())
        .unwrap_or(2.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 4")]
    let value = (0..digits as u8).fold(f64::from(amount), |value, _| value / 10.0);
    call(&format.format(), &JsValue::from_f64(value))
}

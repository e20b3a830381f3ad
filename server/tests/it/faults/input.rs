//! Whatever is typed is taken as it is meant, or refused in words.

use proptest::prelude::*;
use serde_json::{Value, json};
use server::domain::catalog::{Catalog, values};
use shared::rules;
use std::{path::Path, sync::LazyLock};

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts")).unwrap());

/// How a text is taken or refused.
type Rule = fn(&str) -> Result<String, rules::Problem>;

/// Any text: letters of all kinds, those that turn or hide others among them, control characters, white space.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9@. -]{0,80}",
        "[ \t\n\u{0}\u{7f}\u{ad}\u{200b}\u{202e}\u{feff}aÀſKİ-]{0,20}"
    ]
}

/// Any JSON.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-zA-Z0-9~/]{0,12}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// What was accepted is stored, and must be accepted again as it is: a form shows it, and sends it back.
    #[test]
    fn what_is_accepted_is_accepted_again(text in text()) {
        let all: [Rule; 5] =
            [rules::name, rules::description, rules::email, rules::subdomain, rules::search];
        for rule in all {
            if let Ok(accepted) = rule(&text) {
                prop_assert_eq!(rule(&accepted), Ok(accepted.clone()), "{:?}", accepted);
                // PostgreSQL stores no NUL, and a line of a log is one line.
                prop_assert!(!accepted.chars().any(|c| c.is_control() && c != '\n'), "{:?}", accepted);
            }
        }
    }

    #[test]
    fn names_and_addresses_are_bounded(text in text()) {
        if let Ok(name) = rules::name(&text) {
            prop_assert!((1..=rules::NAME_MAX).contains(&name.chars().count()));
            prop_assert!(!name.contains('\n'));
        }
        if let Ok(words) = rules::search(&text) {
            prop_assert!(words.chars().count() <= rules::SEARCH_MAX && !words.contains(char::is_control), "{:?}", words);
        }
        if let Ok(label) = rules::subdomain(&text) {
            prop_assert!((3..=rules::LABEL_MAX).contains(&label.len()));
            prop_assert!(label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{:?}", label);
            prop_assert!(!label.starts_with('-') && !label.ends_with('-'));
            prop_assert!(!rules::RESERVED_LABELS.contains(&label.as_str()));
        }
        if let Ok(email) = rules::email(&text) {
            prop_assert!(email.len() >= 3 && email.matches('@').count() == 1, "{:?}", email);
            prop_assert!(!email.chars().any(char::is_whitespace), "{:?}", email);
        }
    }

    /// Any JSON in any field of any app: it is checked, and what passes can be given to the chart's own schema.
    #[test]
    fn any_value_is_taken_or_refused(app in any::<prop::sample::Index>(), given in proptest::collection::vec((any::<prop::sample::Index>(), json()), 0..4)) {
        let app = app.get(CATALOG.apps());
        let given: Vec<_> = given
            .into_iter()
            .filter(|_| !app.fields.is_empty())
            .map(|(at, value)| (at.get(&app.fields).pointer.as_str().to_owned(), value))
            .collect();
        match values::check(app, &given, None, &mut |bytes: &mut [u8]| bytes.fill(7)) {
            Ok(checked) => {
                let merged = values::merge(app, &checked, &json!({}));
                prop_assert_eq!(serde_json::from_str::<Value>(&merged.to_string()).unwrap(), merged.clone());
                let _ = values::validate(app, &merged);
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    /// Any document beside the form: no key that the app has not declared gets through.
    #[test]
    fn any_document_is_taken_or_refused(app in any::<prop::sample::Index>(), document in json(), text in text()) {
        let app = app.get(CATALOG.apps());
        for document in [document.to_string(), text] {
            if let Ok(checked) = values::check(app, &[], Some(&document), &mut |bytes: &mut [u8]| bytes.fill(7)) {
                for pointer in checked.public.keys().chain(checked.secret.keys()) {
                    prop_assert!(app.fields.iter().any(|field| field.pointer.as_str() == pointer), "{}", pointer);
                }
            }
        }
    }
}

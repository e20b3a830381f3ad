//! The console's sentences about errors ask for no parameter that does not come with the error. What comes with it is
//! tested where it is sent.

use shared::{
    error::{ErrorCode, FieldErrorCode},
    operation::OperationErrorCode,
    policy::Denial,
};

/// Where the console's texts expect it.
mod i18n {
    pub mod texts {
        pub struct Explained {
            pub sentence: &'static str,
            pub next: &'static str,
        }
    }
}

// The console itself is built for WebAssembly only; its texts are plain Rust.
#[path = "../../app/src/i18n/en/errors.rs"]
mod errors;

/// The names in `{name}` and `{name|otherwise}`.
fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split(['}', '|']).next().unwrap_or_default())
}

fn check(code: &str, text: &str, params: &[&str]) {
    for hole in holes(text) {
        assert!(params.contains(&hole), "{code} has nothing for {{{hole}}}: {text}");
    }
}

#[test]
fn holes_are_found() {
    assert_eq!(holes("{a} b {c|d e}.").collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn each_hole_of_a_sentence_is_among_the_parameters_of_its_code() {
    for &code in OperationErrorCode::ALL {
        let explained = errors::operation_error(code);
        check(code.as_str(), explained.sentence, code.params());
        check(code.as_str(), explained.next, code.params());
    }
    for &code in ErrorCode::ALL {
        check(code.as_str(), errors::error(code), code.params());
    }
    for &code in FieldErrorCode::ALL {
        check(code.as_str(), errors::field_error(code), code.params());
    }
    for denial in [Denial::Hidden, Denial::Role, Denial::Scope, Denial::PasswordChange, Denial::Archived] {
        check("a denial", errors::denial(denial), &[]);
    }
}

#[test]
fn what_an_operations_error_is_about_is_told() {
    for &code in OperationErrorCode::ALL {
        let explained = errors::operation_error(code);
        let told: Vec<_> = holes(explained.sentence).chain(holes(explained.next)).collect();
        for name in code.params() {
            assert!(told.contains(name), "{} does not tell its {name}", code.as_str());
        }
    }
}

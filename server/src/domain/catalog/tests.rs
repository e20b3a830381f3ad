//! The catalogue, from folders to values.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use shared::catalog::{AppCategory, AppFieldType};
use shared::error::FieldErrorCode as Code;

use super::schema::SchemaError;
use super::values::{KEEP_SECRET, check, check_again, merge, overlay, path, validate};
use super::*;

const CHARTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../charts");
const HOSTILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/charts");

const FIELDS: &str = r"
  - { pointer: /a/text, type: text, label: { en: T }, default: hello, minLength: 1, maxLength: 10 }
  - { pointer: /a/free, type: text, label: { en: T }, default: x }
  - { pointer: /a/b~1c/number, type: number, label: { en: N }, min: 1, max: 9 }
  - { pointer: /a/yes, type: boolean, label: { en: B }, default: true }
  - { pointer: /size, type: select, label: { en: S }, required: true, options: [{ value: 1Gi, label: { en: one } }, { value: 2Gi, label: { en: two } }] }
  - { pointer: /a/password, type: password, label: { en: P }, minLength: 12, maxLength: 64, generate: 20 }
";
const SCHEMA: &str = r#"{ "properties": { "a": { "properties": { "text": { "pattern": "^[a-z]*$" }, "password": { "pattern": "^[^!]*$" } } }, "size": { "type": "string" } } }"#;

/// A folder of one app, written for a test.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new(fields: &str) -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(scene.app()).unwrap();
        scene.write("Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: \"9\"\n");
        scene.write("values.yaml", "a: { text: hello, kept: 1 }\nsize: 1Gi\n");
        scene.write("values.schema.json", SCHEMA);
        scene.write("icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        scene.write("app.yaml", &format!(
            "slug: demo\nname: Demo\ncategory: web\ntags: [x]\nsummary: {{ en: s, de: z }}\ndescription: {{ en: d }}\ndocumentation: https://example.com\nprice: {{ amount: 1, currency: EUR }}\nicon: icon.svg\nport: 80\nweb: true\nminimum: {{ cpu: 1m, memory: 1Mi, storage: 1Gi }}\nfields:{fields}",
        ));
        scene
    }

    fn app(&self) -> PathBuf {
        self.0.path().join("demo")
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.app().join(name), text).unwrap();
    }

    /// Changes `app.yaml`.
    fn edit(&self, from: &str, to: &str) -> &Self {
        let text = std::fs::read_to_string(self.app().join("app.yaml")).unwrap();
        assert!(text.contains(from), "{from}");
        self.write("app.yaml", &text.replacen(from, to, 1));
        self
    }

    fn load(&self) -> Result<App, BadApp> {
        App::load(&self.app())
    }
}

fn demo() -> App {
    Scene::new(FIELDS).load().unwrap()
}

fn given(pairs: &[(&str, Value)]) -> Vec<(String, Value)> {
    pairs.iter().map(|(pointer, value)| ((*pointer).to_owned(), value.clone())).collect()
}

/// Codes by path.
fn codes(result: Result<CheckedValues, Problems>) -> Vec<(String, Code)> {
    result.unwrap_err().into_iter().map(|(path, problem)| (path, problem.code)).collect()
}

fn random(bytes: &mut [u8]) {
    for (index, byte) in (0_u8..).zip(bytes) {
        *byte = index.wrapping_mul(37).wrapping_add(255);
    }
}

#[test]
fn the_apps_of_this_repository_are_right() {
    let catalog = Catalog::load(Path::new(CHARTS)).unwrap();
    assert_eq!(catalog.skipped(), []);
    let names: Vec<&str> = catalog.apps().iter().map(|app| app.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Forgejo",
            "Grafana",
            "Home Assistant",
            "Metabase",
            "n8n",
            "Nextcloud",
            "Open WebUI",
            "PostgreSQL",
            "Uptime Kuma",
            "Valkey",
            "Vaultwarden",
            "WordPress"
        ]
    );
    let slugs = |category, words| {
        catalog.search(category, words).iter().map(|app| app.slug.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(slugs(None, "").split(' ').count(), 12);
    assert_eq!(slugs(Some(AppCategory::Database), ""), "postgresql valkey");
    assert_eq!(slugs(None, "  WEBHOOKS Flow "), "n8n");
    assert_eq!(slugs(None, "uptime sql"), "");
    let n8n = catalog.get("n8n").unwrap();
    assert!(n8n.chart.is_absolute() && n8n.fields[0].required && !n8n.app_version.is_empty());
    assert_eq!(n8n.summary.get("de-AT"), n8n.summary.get("en"));
    for part in ["woow-lib", "mariadb", "ollama"] {
        assert!(catalog.get(part).is_none(), "{part} is no app by itself");
    }
}

#[test]
fn a_schema_that_points_outside_leaves_its_app_out() {
    let catalog = Catalog::load(Path::new(HOSTILE)).unwrap();
    let [Skipped { folder, problem: BadApp::Schema(SchemaError::ForeignRef { reference, .. }) }] = catalog.skipped()
    else {
        panic!("{:?}", catalog.skipped());
    };
    assert_eq!(
        (folder.as_str(), reference.as_str()),
        ("foreign-ref", "http://127.0.0.1:9/schema.json#/definitions/message")
    );
    assert!(catalog.get("cluster-admin").is_some() && catalog.get("foreign-ref").is_none());
}

#[test]
fn mistakes_of_an_app_are_named() {
    for (from, to, told) in [
        ("slug: demo", "slug: other", "slug other"),
        ("web: true", "web: true\nwebb: true", "unknown key webb"),
        ("category: web", "category: Web", "unknown category Web"),
        ("category: web", "category: games", "unknown category games"),
        ("en: s", "fr: s", "no English"),
        ("https://", "javascript:", "documentation"),
        ("amount: 1", "amount: -1", "price.amount"),
        ("EUR", "euro", "price.currency"),
        ("port: 80", "port: 0", "port"),
        ("icon: icon.svg", "icon: ../icon.svg", "icon"),
        ("icon: icon.svg", "icon: values.yaml", "<svg"),
        ("/a/text", "/ingress/host", "field /ingress/host: the platform"),
        ("/a/text", "/replicaCount", "the platform"),
        ("/a/text", "a/text", "begins with /"),
        ("/a/text", "/a/free", "field /a/free: it is, or lies within, /a/free"),
        ("/a/free", "/a/text/x", "lies within, /a/text"),
        ("/a/free", "/a", "lies within"),
        ("type: text", "type: email", "unknown type email"),
        ("default: hello", "default: 5", "its default is refused"),
        ("default: hello", "default: \"NO\"", "its own defaults are refused"),
        ("default: true", "default: true, options: [{ value: a, label: { en: a } }]", "options does not go"),
        ("min: 1, max: 9", "min: 10, max: 9", "its least is more"),
        ("generate: 20", "generate: 8", "generate is not between"),
        ("generate: 20", "default: secret", "default does not go"),
        ("min: 1, max: 9", "min: 1, max: 9, rule: { en: x }", "rule does not go"),
        ("minLength: 1", "rule: { fr: x }, minLength: 1", "no English"),
        ("value: 2Gi", "value: 1Gi", "option 1Gi is there twice"),
    ] {
        let scene = Scene::new(FIELDS);
        if told == "its own defaults are refused" {
            scene.edit("required: true, options", "options");
        }
        let problem = scene.edit(from, to).load().unwrap_err().to_string();
        assert!(problem.contains(told), "{from} -> {to}: {problem}");
    }
    let scene = Scene::new(FIELDS);
    scene.write("icon.svg", &format!("<svg>{}</svg>", "<g/>".repeat(20_000)));
    assert!(scene.load().unwrap_err().to_string().contains("more than 65536 bytes"));
    std::fs::remove_file(scene.app().join("icon.svg")).unwrap();
    assert!(scene.load().unwrap_err().to_string().contains("icon.svg"));
}

#[test]
fn a_dependency_with_a_foreign_schema_is_found() {
    let scene = Scene::new(FIELDS);
    let inner = scene.app().join("charts/inner");
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::write(inner.join("values.schema.json"), r#"{ "items": { "$ref": "file:///etc/passwd" } }"#).unwrap();
    assert!(matches!(scene.load(), Err(BadApp::Schema(SchemaError::ForeignRef { .. }))));
}

#[test]
fn defaults_and_made_secrets_are_filled_in() {
    let app = demo();
    let checked = check(&app, &given(&[("/size", json!("2Gi"))]), None, &mut random).unwrap();
    assert_eq!(
        serde_json::to_value(&checked.public).unwrap(),
        json!({ "/a/text": "hello", "/a/free": "x", "/a/yes": true, "/size": "2Gi" })
    );
    let secret = checked.secret["/a/password"].expose_secret();
    assert_eq!(secret.len(), 20);
    assert!(secret.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    assert!(!format!("{checked:?}").contains(secret));
}

#[test]
fn values_of_the_wrong_kind_are_refused_and_not_bent() {
    let app = demo();
    for (pointer, value, code) in [
        ("/a/text", json!(5), Code::WrongType),
        ("/a/text", json!("x".repeat(10_000)), Code::TooLong),
        ("/a/text", json!("a\nb"), Code::InvalidFormat),
        ("/a/text", json!({}), Code::WrongType),
        ("/a/b~1c/number", json!("5"), Code::WrongType),
        ("/a/b~1c/number", json!(5.5), Code::WrongType),
        ("/a/b~1c/number", json!(10), Code::OutOfRange),
        ("/a/b~1c/number", json!(9_007_199_254_740_992_i64), Code::NumberTooLarge),
        ("/a/b~1c/number", json!(u64::MAX), Code::NumberTooLarge),
        ("/a/b~1c/number", json!(1e300), Code::NumberTooLarge),
        ("/a/yes", json!("yes"), Code::WrongType),
        ("/a/yes", json!(1), Code::WrongType),
        ("/size", json!("3Gi"), Code::NotAnOption),
        ("/size", json!(1), Code::WrongType),
        ("/a/password", json!("short"), Code::TooShort),
        ("/a/password", json!(KEEP_SECRET), Code::NotAllowed),
        ("/a/other", json!(1), Code::Undeclared),
        ("/replicaCount", json!(5), Code::Undeclared),
        ("", json!({}), Code::Undeclared),
    ] {
        let mut values = given(&[(pointer, value)]);
        if pointer != "/size" {
            values.extend(given(&[("/size", json!("1Gi"))]));
        }
        let expected = vec![(format!("values{pointer}"), code)];
        assert_eq!(codes(check(&app, &values, None, &mut random)), expected);
    }
    assert_eq!(codes(check(&app, &[], None, &mut random)), [("values/size".to_owned(), Code::Required)]);
    let empty = given(&[("/size", json!("")), ("/a/free", json!("")), ("/a/text", json!(""))]);
    assert_eq!(codes(check(&app, &empty, None, &mut random)), [("values/size".to_owned(), Code::Required)]);
}

#[test]
fn emptied_texts_stay_empty_where_they_may() {
    let values =
        given(&[("/size", json!("1Gi")), ("/a/free", json!("")), ("/a/text", json!("")), ("/a/yes", Value::Null)]);
    let checked = check(&demo(), &values, None, &mut random).unwrap();
    assert_eq!((&checked.public["/a/free"], &checked.public["/a/text"]), (&json!(""), &json!("hello")));
    assert_eq!(checked.public["/a/yes"], json!(true));
}

#[test]
fn yaml_is_the_same_as_the_form() {
    let app = demo();
    let text = "a:\n  text: yes\n  b/c: { number: 3.0 }\n  yes: false\nsize: 2Gi\n";
    let checked = check(&app, &[], Some(text), &mut random).unwrap();
    assert_eq!(
        serde_json::to_value(&checked.public).unwrap(),
        json!({ "/a/text": "yes", "/a/free": "x", "/a/b~1c/number": 3, "/a/yes": false, "/size": "2Gi" })
    );
    let both = check(&app, &given(&[("/size", json!("1Gi"))]), Some("size: 1Gi\n"), &mut random);
    assert_eq!(codes(both), [("values/size".to_owned(), Code::Duplicate)]);
    let twice = given(&[("/size", json!("1Gi")), ("/size", json!("1Gi"))]);
    assert_eq!(codes(check(&app, &twice, None, &mut random)), [("values/size".to_owned(), Code::Duplicate)]);
    assert!(check(&app, &given(&[("/size", json!("1Gi"))]), Some("# nothing\na:\n"), &mut random).is_ok());
}

#[test]
fn yaml_with_other_keys_is_refused_by_name() {
    let app = demo();
    let size = given(&[("/size", json!("1Gi"))]);
    let long = format!("{}: 1", "k".repeat(900));
    for (text, path, code) in [
        ("a: { text: x, other: 1 }", "values/a/other", Code::Undeclared),
        ("ingress: { enabled: true }", "values/ingress", Code::Undeclared),
        ("a: { b/c: { x~y: 1 } }", "values/a/b~1c/x~0y", Code::Undeclared),
        ("a: 5", "values/a", Code::WrongType),
        ("- a", "valuesYaml", Code::WrongType),
        ("text", "valuesYaml", Code::WrongType),
        ("a: { text: 12e4 }", "values/a/text", Code::WrongType),
        ("a: { text: 9007199254740993 }", "valuesYaml", Code::NumberTooLarge),
        ("a: [", "valuesYaml", Code::YamlInvalid),
        ("a: &a [*a, *a]", "valuesYaml", Code::YamlInvalid),
    ] {
        let problems = check(&app, &size, Some(text), &mut random).unwrap_err();
        assert_eq!((problems[0].0.as_str(), problems[0].1.code), (path, code), "{text}");
    }
    let problems = check(&app, &size, Some(&long), &mut random).unwrap_err();
    assert!(problems[0].0.len() < 300);
    let bomb = "[".repeat(5_000);
    assert_eq!(codes(check(&app, &size, Some(&bomb), &mut random)), [("valuesYaml".to_owned(), Code::YamlTooComplex)]);
    let many = (0..1_000).map(|key| format!("k{key}: 1\n")).collect::<Vec<_>>().concat();
    assert_eq!(codes(check(&app, &size, Some(&many), &mut random)).len(), 50);
}

#[test]
fn only_secrets_that_were_made_count_as_made() {
    let app = demo();
    let size = given(&[("/size", json!("1Gi"))]);
    let made = check(&app, &size, None, &mut random).unwrap().made();
    assert_eq!(made.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/a/password"]);
    assert_eq!(made[0].1.expose_secret().len(), 20);
    assert!(!format!("{made:?}").contains(made[0].1.expose_secret()), "it does not print itself");
    let emptied = given(&[("/size", json!("1Gi")), ("/a/password", json!(""))]);
    assert_eq!(check(&app, &emptied, None, &mut random).unwrap().made().len(), 1, "empty is not given");
    let typed = given(&[("/size", json!("1Gi")), ("/a/password", json!("typed by hand"))]);
    assert!(check(&app, &typed, None, &mut random).unwrap().made().is_empty());
}

#[test]
fn what_helm_gets_is_checked_against_the_schema() {
    let app = demo();
    let values = given(&[("/size", json!("1Gi")), ("/a/b~1c/number", json!(3))]);
    let checked = check(&app, &values, None, &mut random).unwrap();
    let merged =
        merge(&app, &checked, &json!({ "replicaCount": 1, "ingress": { "host": "x" }, "a": { "yes": false } }));
    assert_eq!(merged["a"]["b/c"]["number"], json!(3));
    assert_eq!((&merged["a"]["yes"], &merged["ingress"]["host"]), (&json!(false), &json!("x")));
    assert_eq!(validate(&app, &merged), Ok(()));

    let canary = "canary!4711!canary";
    let values = given(&[("/size", json!("1Gi")), ("/a/text", json!("UPPER")), ("/a/password", json!(canary))]);
    let checked = check(&app, &values, None, &mut random).unwrap();
    let problems = validate(&app, &merge(&app, &checked, &Value::Null)).unwrap_err();
    let mut paths: Vec<_> = problems.iter().map(|(path, problem)| (path.as_str(), problem.code)).collect();
    paths.sort_unstable();
    assert_eq!(paths, [("values/a/password", Code::SchemaViolation), ("values/a/text", Code::SchemaViolation)]);
    assert!(!format!("{problems:?}").contains("canary"));
}

#[test]
fn what_the_schema_refuses_is_told_in_the_words_of_the_field() {
    let app = Scene::new(FIELDS).edit("minLength: 1", "rule: { en: \"small letters\" }, minLength: 1").load().unwrap();
    let checked = check(&app, &given(&[("/size", json!("1Gi")), ("/a/text", json!("UPPER"))]), None, &mut random);
    let problems = validate(&app, &merge(&app, &checked.unwrap(), &Value::Null)).unwrap_err();
    let expected = shared::rules::Problem::new(Code::InvalidFormat).with("expected", "small letters");
    assert_eq!(problems, [("values/a/text".to_owned(), expected)]);
}

/// A pattern says nothing to most people.
#[test]
fn the_apps_of_this_repository_say_in_words_what_form_a_text_has() {
    let catalog = Catalog::load(Path::new(CHARTS)).unwrap();
    for app in catalog.apps() {
        let texts = app.fields.iter().filter(|field| matches!(field.kind, AppFieldType::Text | AppFieldType::Password));
        for field in texts {
            let mut values = json!({});
            field.pointer.put(&mut values, json!("\u{e9}\u{e8} \" ' \\ ; # and, so: on"));
            let problems = validate(app, &values).err().unwrap_or_default();
            let bare = |(at, problem): &(String, shared::rules::Problem)| {
                *at == path(field.pointer.as_str()) && problem.code == Code::SchemaViolation
            };
            assert!(!problems.iter().any(bare), "{} {} needs a rule: {problems:?}", app.slug, field.pointer);
        }
    }
}

#[test]
fn stored_values_are_checked_by_the_chart_that_is_there_now() {
    let values = given(&[("/size", json!("2Gi")), ("/a/b~1c/number", json!(3))]);
    let stored = check(&demo(), &values, None, &mut random).unwrap();
    let again = |from: &str, to: &str| {
        let app = Scene::new(FIELDS).edit(from, to).load().unwrap();
        check_again(&app, &stored, &merge(&app, &stored, &Value::Null))
    };
    assert_eq!(again("label: { en: N }", "label: { en: Number }"), Ok(()));
    let token = "fields:\n  - { pointer: /a/token, type: password, label: { en: K }, minLength: 12, maxLength: 64, generate: 20 }";
    for (from, to, path, code) in [
        ("min: 1, max: 9", "min: 1, max: 2", "values/a/b~1c/number", Code::OutOfRange),
        ("pointer: /a/free", "pointer: /a/other", "values/a/free", Code::Undeclared),
        ("value: 2Gi", "value: 3Gi", "values/size", Code::NotAnOption),
        ("fields:", token, "values/a/token", Code::Required),
    ] {
        let problems = again(from, to).unwrap_err();
        let told: Vec<_> = problems.iter().map(|(path, problem)| (path.as_str(), problem.code)).collect();
        assert_eq!(told, [(path, code)], "{to}");
    }
}

#[test]
fn values_lie_over_others_as_in_helm() {
    let mut base = json!({ "a": { "b": 1, "c": [1] }, "d": 2, "e": { "f": 1 } });
    overlay(&mut base, &json!({ "a": { "c": [2] }, "d": null, "e": 5, "g": { "h": 1 } }));
    assert_eq!(base, json!({ "a": { "b": 1, "c": [2] }, "e": 5, "g": { "h": 1 } }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// By pointers or as a document (JSON is YAML): the same values come out.
    #[test]
    fn form_and_document_agree(text in "[a-z ]{1,10}", number in 1..=9_i32, yes: bool, size in "[12]Gi") {
        let app = demo();
        let form = given(&[("/a/text", json!(text)), ("/a/b~1c/number", json!(number)), ("/a/yes", json!(yes)), ("/size", json!(size))]);
        let by_form = check(&app, &form, None, &mut random).unwrap();
        let document = json!({ "a": { "text": text, "b/c": { "number": number }, "yes": yes }, "size": size }).to_string();
        let by_document = check(&app, &[], Some(&document), &mut random).unwrap();
        prop_assert_eq!(&by_form.public, &by_document.public);
        let merged = merge(&app, &by_form, &Value::Null);
        for (pointer, value) in &by_form.public {
            prop_assert_eq!(merged.pointer(pointer), Some(value));
        }
        // What was merged is a document of declared keys again.
        prop_assert!(check(&app, &[], Some(&merged.to_string()), &mut random).is_ok());
    }

    #[test]
    fn any_document_is_checked_or_refused(text in "\\PC{0,60}") {
        let _ = check(&demo(), &[], Some(&text), &mut random);
    }
}

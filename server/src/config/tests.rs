use std::{fs, os::unix::fs::PermissionsExt};

use super::*;

fn env(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::of(None, pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn file(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    fs::write(&path, text).expect("written");
    Config::of(Some(&path), [])
}

fn mistake(result: Result<Config, ConfigError>) -> String {
    result.expect_err("a mistake").to_string()
}

#[test]
fn nothing_at_all_is_enough() {
    let config = env(&[("PATH", "/bin"), ("KUBECONFIG", "/root/.kube/config")]).expect("defaults");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url.origin(), "http://127.0.0.1:8080");
    assert_eq!(config.database_url.expose_secret(), "sqlite://data/woow.db?mode=rwc");
    assert_eq!(config.cluster, None);
    let hint = config.require_cluster().expect_err("no cluster").to_string();
    assert!(hint.contains("kubeconfig (WOOW_KUBECONFIG)"), "{hint}");
    let inside = env(&[("KUBERNETES_SERVICE_HOST", "10.0.0.1")]).expect("defaults");
    assert_eq!(inside.cluster, Some(Access::InCluster));
}

#[test]
fn variables_of_the_supervisor_work_as_given() {
    let config = env(&[
        ("WOOW_DATA_DIR", "/tmp/w"),
        ("WOOW_LISTEN", "127.0.0.1:8080"),
        ("WOOW_METRICS_LISTEN", "127.0.0.1:0"),
        ("WOOW_PUBLIC_URL", "http://localhost:8080"),
        ("WOOW_KUBECONFIG", "/tmp/w/kubeconfig"),
        ("WOOW_SANDBOX", "1"),
        ("WOOW_CATALOG_DIR", "charts"),
        ("WOOW_HELM", "/tmp/bin/helm"),
        ("WOOW_APPS_DOMAIN", "apps.localhost"),
        ("WOOW_DATABASE__URL", "postgres://a:1234@b/c"),
        ("WOOW_MASTER_KEY", &"1".repeat(64)),
        ("WOOW_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("WOOW_LIMITS__ALIASES", "5"),
        ("WOOW_LOG__FORMAT", "json"),
        ("WOOW_TEST_X", "1"),
        ("WOOW_CACHE", "/c"),
        ("WOOW_E2E_URL", "x"),
        ("WOOW_BIN", "x"),
        ("WOOW_INGRESS_CLASS", ""),
    ])
    .expect("a configuration");
    assert!(config.sandbox && config.public_url.keeps_secure_cookies());
    assert_eq!(config.cluster, Some(Access::Kubeconfig { path: "/tmp/w/kubeconfig".into(), context: None }));
    assert_eq!((config.trusted_proxies.len(), config.limits.aliases), (2, 5));
    assert_eq!((config.log.format, config.ingress_class.as_str()), (LogFormat::Json, "nginx"));
    assert_eq!(config.load_master_key().expect("a key").expose_secret(), "1".repeat(64));
    let shown = format!("{config:?}");
    assert!(!shown.contains("1234") && !shown.contains("1111"), "{shown}");
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    let text = mistake(env(&[("WOOW_LISTN", "x")]));
    assert!(text.contains("listn (WOOW_LISTN): there is no such key; did you mean `listen`?"), "{text}");
    let text = mistake(file("[limits]\nquite_unknown = 1"));
    assert!(
        text.contains("limits.quite_unknown (WOOW_LIMITS__QUITE_UNKNOWN): there is no such key; remove it"),
        "{text}"
    );
    assert!(mistake(file("[nothing]")).contains("nothing"));
}

#[test]
fn a_mistake_names_key_and_remedy_and_no_value() {
    for (name, value, expected) in [
        ("WOOW_LISTEN", "hunter2", "listen (WOOW_LISTEN)"),
        ("WOOW_PUBLIC_URL", "hunter2.example", "public_url (WOOW_PUBLIC_URL): it does not begin with https://"),
        ("WOOW_SANDBOX", "hunter2", "sandbox (WOOW_SANDBOX): it is a text where a boolean is expected"),
        ("WOOW_LIMITS__DEPTH", "hunter2", "limits.depth (WOOW_LIMITS__DEPTH)"),
        ("WOOW_LIMITS__DEPTH", "0", "limits.depth (WOOW_LIMITS__DEPTH)"),
        ("WOOW_DATABASE__URL", "mysql://root:hunter2@x", "database.url (WOOW_DATABASE__URL): it begins with none of"),
        ("WOOW_MASTER_KEY", "hunter2", "master_key (WOOW_MASTER_KEY): it is not 64 hexadecimal digits"),
        ("WOOW_MASTER_KEY_FILE", "/nonexistent/k", ""),
        ("WOOW_LOG__FORMAT", "hunter2", "choose one of text, json"),
        ("WOOW_LOG__LEVEL", "server=loud", "log.level (WOOW_LOG__LEVEL)"),
        ("WOOW_APPS_DOMAIN", "*.hunter2", "apps_domain (WOOW_APPS_DOMAIN): it is not a domain"),
    ] {
        match env(&[(name, value)]) {
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains(expected), "{text}");
                assert!(!text.contains("hunter2"), "{text}");
            }
            Ok(config) => assert!(config.load_master_key().is_err(), "{name}"),
        }
    }
    let all = mistake(env(&[("WOOW_PUBLIC_URL", "x"), ("WOOW_TRUSTED_PROXIES", "y"), ("WOOW_LISTEN", "0.0.0.0:1")]));
    assert_eq!(all.lines().count(), 3, "{all}");
    assert!(mistake(env(&[("WOOW_LISTEN", "0.0.0.0:8080")])).contains("public_url"));
}

#[test]
fn apps_and_console_share_no_domain() {
    let check = |console: &str, apps: &str| env(&[("WOOW_PUBLIC_URL", console), ("WOOW_APPS_DOMAIN", apps)]).is_ok();
    assert!(check("https://paas.example.com", "apps.example.net"));
    assert!(check("http://localhost:8080", "apps.localhost"));
    assert!(!check("https://paas.example.com", "example.com"));
    assert!(!check("https://example.com", "apps.example.com"));
}

#[test]
fn a_file_that_is_no_toml_is_told_without_its_text() {
    let text = mistake(file("master_key = \"hunter2\nlisten = 1"));
    assert!(text.contains("is not TOML") && text.contains("line 1"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let missing = mistake(Config::of(Some(Path::new("/nonexistent.toml")), []));
    assert!(missing.contains("/nonexistent.toml cannot be read"), "{missing}");
}

#[test]
fn the_example_is_a_configuration_and_tells_the_defaults() {
    let shown = |config: &Config| format!("{config:?}");
    let defaults = env(&[]).expect("defaults");
    assert_eq!(shown(&file(EXAMPLE).expect("the example")), shown(&defaults));
    // The keys behind # are keys, and those without an explanation of their own are the defaults.
    let keys: String = EXAMPLE
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .filter(|line| !line.starts_with("url_file"))
        .fold(String::new(), |text, line| text + line + "\n");
    let config = file(&keys).expect("every key of the example is known");
    assert_eq!((&config.limits, &config.operations), (&defaults.limits, &defaults.operations));
    assert_eq!((&config.retention, &config.log), (&defaults.retention, &defaults.log));
}

#[test]
fn the_master_key_is_made_once_and_for_us_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("new");
    let config = env(&[("WOOW_DATA_DIR", data.to_str().expect("text"))]).expect("a configuration");
    let first = config.load_master_key().expect("made");
    assert_eq!(first.expose_secret().len(), 64);
    assert_eq!(config.load_master_key().expect("read").expose_secret(), first.expose_secret());
    let mode = fs::metadata(data.join("master.key")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::metadata(&data).expect("there").permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&data).expect("a folder").count(), 1);
    fs::write(data.join("master.key"), "broken").expect("written");
    assert!(config.load_master_key().is_err());
}

#[test]
fn a_database_address_may_come_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("url");
    fs::write(&path, "postgres://a:b@c/d\n").expect("written");
    let path = path.to_str().expect("text");
    let config = env(&[("WOOW_DATABASE__URL_FILE", path)]).expect("a configuration");
    assert_eq!(config.database_url.expose_secret(), "postgres://a:b@c/d");
    assert!(env(&[("WOOW_DATABASE__URL_FILE", path), ("WOOW_DATABASE__URL", "sqlite::memory:")]).is_err());
}

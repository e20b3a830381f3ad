//! Configuration from file and environment, typed and checked at start.
//!
//! A TOML file (`--config` or `WOOW_CONFIG`) comes first, variables `WOOW_*` after it. An unknown key is refused by
//! name: a misspelt one would otherwise be a limit that is not there. Secrets may come from files.

mod error;
mod example;
mod key;
mod public_url;
mod raw;
mod source;

#[cfg(test)]
mod tests;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use figment::Figment;
use secrecy::{ExposeSecret, SecretString};

pub use self::{
    error::{ConfigError, Mistake},
    example::EXAMPLE,
    key::KeySource,
    public_url::PublicUrl,
    raw::{Limits, Log, LogFormat, Operations, Retention},
};
use crate::{adapters::kube::Access, http::cidr::Cidr};

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server keeps its files.
    pub data_dir: PathBuf,
    /// The address of console and API.
    pub listen: SocketAddr,
    /// The address of metrics, when they are wanted.
    pub metrics_listen: Option<SocketAddr>,
    /// Where people reach the console.
    pub public_url: PublicUrl,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// The database's address, with its password.
    pub database_url: SecretString,
    /// Where the master key comes from.
    pub master_key: KeySource,
    /// How the cluster is reached; `None` when nothing tells. The kubeconfig in the home folder is never taken untold.
    pub cluster: Option<Access>,
    /// Addresses, logs and resource use are simulated.
    pub sandbox: bool,
    /// The folder of the marketplace's apps.
    pub catalog_dir: PathBuf,
    /// The helm program.
    pub helm: PathBuf,
    /// The domain under which services get their addresses.
    pub apps_domain: String,
    /// The ingress class of those addresses.
    pub ingress_class: String,
    /// The namespace of the ingress controller, which may reach the apps.
    pub ingress_namespace: String,
    /// How the log is written.
    pub log: Log,
    /// What one may ask for, and how often.
    pub limits: Limits,
    /// How operations are run.
    pub operations: Operations,
    /// How long records are kept.
    pub retention: Retention,
}

impl Config {
    /// Reads and checks the configuration of this process.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        // A variable that is not UTF-8 cannot be one of ours.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        Self::of(file, variables)
    }

    /// Reads and checks a configuration given by file and variables.
    pub fn of(file: Option<&Path>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let variables: Vec<_> = variables.into_iter().collect();
        let in_cluster = variables.iter().any(|(name, value)| name == "KUBERNETES_SERVICE_HOST" && !value.is_empty());
        let mut figment = Figment::new();
        if let Some(path) = file {
            figment = figment.merge(source::file(path)?);
        }
        let raw: raw::Raw = figment.merge(source::Environment::new(variables)).extract()?;
        checked(raw, in_cluster)
    }

    /// How the cluster is reached, or what to do.
    pub fn require_cluster(&self) -> Result<&Access, ConfigError> {
        self.cluster.as_ref().ok_or_else(|| {
            let wrong = "it is not set, and this process does not run in a cluster";
            Mistake::new("kubeconfig", wrong, "name the kubeconfig of the server's account").into()
        })
    }

    /// Makes the data folder where it is missing, for us alone.
    pub fn make_data_dir(&self) -> Result<(), ConfigError> {
        key::make_folder(&self.data_dir).map_err(|error| {
            let wrong = format!("{} cannot be made ({error})", self.data_dir.display());
            Mistake::new("data_dir", wrong, "name a folder that the server may write").into()
        })
    }

    /// The master key: 64 hexadecimal digits. Made at the first start when none is configured.
    pub fn load_master_key(&self) -> Result<SecretString, ConfigError> {
        self.master_key.load()
    }
}

fn checked(raw: raw::Raw, in_cluster: bool) -> Result<Config, ConfigError> {
    let mut mistakes = Vec::new();
    let mut note = |mistake: Mistake| mistakes.push(mistake);
    let data_dir = raw.data_dir.unwrap_or_else(|| PathBuf::from("data"));
    let listen = raw.listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
    if raw.metrics_listen == Some(listen) && listen.port() != 0 {
        note(Mistake::new(
            "metrics_listen",
            "it is the same as `listen`",
            "choose another port: metrics are not public",
        ));
    }
    if raw.public_url.is_none() && listen.ip().is_unspecified() {
        let wrong = "it is not set, and `listen` is every address of the machine";
        note(Mistake::new("public_url", wrong, "write where people reach the console"));
    }
    let public_url = match raw.public_url.as_deref().map(PublicUrl::parse) {
        Some(Ok(url)) => url,
        Some(Err(wrong)) => {
            note(Mistake::new("public_url", wrong, "write it as https://paas.example.com"));
            PublicUrl::local(listen)
        }
        None => PublicUrl::local(listen),
    };
    let mut trusted_proxies = Vec::new();
    for text in &raw.trusted_proxies {
        match text.parse::<Cidr>() {
            Ok(cidr) => trusted_proxies.push(cidr),
            Err(error) => {
                let remedy = "list addresses and networks of proxies in front of the server";
                note(Mistake::new("trusted_proxies", error.to_string(), remedy));
            }
        }
    }
    let database_url = database_url(raw.database, &data_dir).unwrap_or_else(|mistake| {
        note(mistake);
        SecretString::default()
    });
    let master_key = KeySource::choose(raw.master_key, raw.master_key_file, &data_dir).unwrap_or_else(|mistake| {
        note(mistake);
        KeySource::Made(data_dir.clone())
    });
    let cluster = match raw.kubeconfig {
        Some(path) => Some(Access::Kubeconfig { path, context: None }),
        None => in_cluster.then_some(Access::InCluster),
    };
    let apps_domain = raw.apps_domain.unwrap_or_else(|| "apps.localhost".to_owned()).to_ascii_lowercase();
    if let Some((wrong, remedy)) = domain_mistake(&apps_domain, public_url.host()) {
        note(Mistake::new("apps_domain", wrong, remedy));
    }
    if let Err(error) = tracing_subscriber::EnvFilter::try_new(&raw.log.level) {
        note(Mistake::new("log.level", format!("it is not understood ({error})"), "write for example info"));
    }
    if !mistakes.is_empty() {
        return Err(ConfigError(mistakes));
    }
    Ok(Config {
        catalog_dir: raw.catalog_dir.unwrap_or_else(|| PathBuf::from("charts")),
        helm: raw.helm.unwrap_or_else(|| PathBuf::from("helm")),
        ingress_class: raw.ingress_class.unwrap_or_else(|| "nginx".to_owned()),
        ingress_namespace: raw.ingress_namespace.unwrap_or_else(|| "ingress-nginx".to_owned()),
        sandbox: raw.sandbox,
        log: raw.log,
        limits: raw.limits,
        operations: raw.operations,
        retention: raw.retention,
        metrics_listen: raw.metrics_listen,
        data_dir,
        listen,
        public_url,
        trusted_proxies,
        database_url,
        master_key,
        cluster,
        apps_domain,
    })
}

fn database_url(raw: raw::Database, data_dir: &Path) -> Result<SecretString, Mistake> {
    let url = match (raw.url, raw.url_file) {
        (Some(_), Some(_)) => {
            return Err(Mistake::new("database.url", "`database.url_file` is set too", "keep one of the two"));
        }
        (Some(url), None) => url,
        (None, Some(path)) => key::read_secret("database.url_file", &path)?,
        (None, None) => format!("sqlite://{}?mode=rwc", data_dir.join("woow.db").display()).into(),
    };
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| url.expose_secret().starts_with(scheme)) {
        Ok(url)
    } else {
        let wrong = "it begins with none of sqlite:, postgres://, postgresql://";
        Err(Mistake::new("database.url", wrong, "write for example postgres://user:password@host/woow"))
    }
}

/// Tenants' pages must not be able to set cookies for the console (RFC 6265, section 8.6).
fn domain_mistake(domain: &str, console: &str) -> Option<(&'static str, &'static str)> {
    let labels = domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    if !labels || domain.len() > 190 {
        return Some(("it is not a domain", "write it as apps.example.com, without * or scheme"));
    }
    let within =
        |inner: &str, outer: &str| inner == outer || inner.strip_suffix(outer).is_some_and(|r| r.ends_with('.'));
    (within(console, domain) || within(domain, console) && console != "localhost").then_some((
        "it shares a domain with the console",
        "take another domain for apps, so that they cannot set its cookies",
    ))
}

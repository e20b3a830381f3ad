//! Builds what every domain works with.

use super::{BootError, database};
use crate::{
    adapters::{
        helm::{self, Helm},
        kube::{Access, Cluster, Clusters},
    },
    clock::{SharedClock, SystemClock},
    config::Config,
    crypto::random::Random,
    domain::{
        catalog::Catalog,
        identity::throttle::Throttle,
        services::jobs::{self, Tools},
        state::{Settings, State},
        workspaces,
    },
    events::{self, Events},
    graphql::transport::rates::KeyedLimit,
    http::serve::Life,
    live::{ClusterHealth, Live, logs::Logs, usage::Usage},
    releases::operations::{self, Engine, EngineOptions, Job},
};
use secrecy::ExposeSecret;
use shared::ids::ClusterId;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::watch;

/// Sign-ins a minute at one account: with each browser that is known to its owner, and from wherever else they come.
const SIGN_INS_PER_ACCOUNT: std::num::NonZeroU32 = std::num::NonZeroU32::new(10).unwrap();

/// The state, and the lock that keeps other servers off an SQLite file.
pub(super) async fn build(config: &Config, life: &Life, build_id: &str) -> Result<(State, database::Lock), BootError> {
    let clock: SharedClock = Arc::new(SystemClock);
    let random = Random::default();
    let (db, lock) = database::open_for_server(config).await?;
    let master_key = database::master_key(config, &db, &random).await?;
    if config.database_url.expose_secret().starts_with("sqlite:") {
        // We hold the lock, so whoever held these claims is dead.
        let freed = operations::claims::free_all_claims(&db).await.map_err(database::OpenError::from)?;
        if freed > 0 {
            tracing::info!(operations = freed, "taking up what an earlier server has left");
        }
    }
    let now = clock.now();
    let tx = db.begin_alone().await.map_err(database::OpenError::from)?;
    let cluster_id =
        workspaces::repo::first_cluster(&tx, random.id(now), now).await.map_err(database::OpenError::from)?;
    tx.commit().await.map_err(database::OpenError::from)?;
    let access = config.require_cluster()?;
    let kubeconfig = match access {
        Access::Kubeconfig { path, .. } => path.clone(),
        Access::InCluster => in_cluster_kubeconfig(&config.data_dir)
            .map_err(|source| BootError::Machine { what: "the kubeconfig for Helm cannot be written", source })?,
    };
    let cluster = Arc::new(Cluster::connect(cluster_id, access).await?);
    let clusters = Clusters::new([Arc::clone(&cluster)]);
    let watched = Live::start(&cluster, Arc::clone(&clock), life.stopping.clone());
    let logs = Logs::new(clusters.clone(), Arc::clone(&watched));
    let usage = Usage::start(cluster, Arc::clone(&watched), Arc::clone(&clock), life.stopping.clone());
    let failing = |what| move |source| BootError::Machine { what, source };
    let helm = Helm::new(helm::Settings {
        helm: config.helm.clone(),
        launcher: std::env::current_exe().map_err(failing("our own program cannot be found"))?,
        kubeconfig,
        home: config.data_dir.join("helm"),
        limits: helm::Limits::default(),
    })
    .map_err(failing("helm cannot be prepared"))?;
    let catalog = Catalog::load(&config.catalog_dir)
        .map_err(|source| BootError::Catalog { folder: config.catalog_dir.display().to_string(), source })?;
    let settings = Arc::new(Settings {
        sandbox: config.sandbox,
        public_url: config.public_url.origin().to_owned(),
        secure_cookies: config.public_url.keeps_secure_cookies(),
        apps_domain: config.apps_domain.clone(),
        apps_https: config.public_url.https(),
        ingress_class: config.ingress_class.clone(),
        ingress_namespace: config.ingress_namespace.clone(),
        workspaces_per_person: config.limits.workspaces_per_person.get().into(),
        build_id: build_id.to_owned(),
    });
    let events = Events::default();
    let tools = Tools {
        db: db.clone(),
        events: events.clone(),
        master_key: master_key.clone(),
        catalog: catalog.clone(),
        clusters: clusters.clone(),
        live: Arc::clone(&watched),
        helm,
        settings: Arc::clone(&settings),
        ready_timeout: Duration::from_secs(config.operations.ready_timeout_seconds.get().into()),
    };
    let mut all: Vec<Arc<dyn Job>> = jobs::all(&tools);
    all.push(Arc::new(workspaces::jobs::Create { clusters: clusters.clone() }));
    let engine = Engine::new(
        db.clone(),
        events.clone(),
        Arc::clone(&clock),
        random.clone(),
        EngineOptions {
            workers: config.operations.workers.get(),
            lease: Duration::from_secs(config.operations.lease_seconds.get().into()),
        },
        all,
        life.stopping.clone(),
    );
    let hearing = engine.clone();
    let times = events::notify::Times::default();
    events::notify::start(&db, &events, &random, life, times, move |event| hearing.heard(event));
    let back = take_up_at_return(watched.health(), engine.clone(), cluster_id);
    life.tasks.spawn(life.stopping.clone().run_until_cancelled_owned(back));
    let throttle = Arc::new(Throttle::new(config.limits.sign_ins_per_minute, SIGN_INS_PER_ACCOUNT));
    let state = State {
        db,
        events,
        clock,
        random,
        master_key,
        catalog,
        engine,
        clusters,
        live: watched,
        logs,
        log_streams: Arc::default(),
        usage,
        throttle,
        downloads: Arc::new(KeyedLimit::per_minute(config.limits.log_downloads_per_minute)),
        failures: Arc::default(),
        cluster_id,
        settings,
    };
    Ok((state, lock))
}

/// Each time that the cluster answers again.
async fn take_up_at_return(mut health: watch::Receiver<ClusterHealth>, engine: Engine, cluster: ClusterId) {
    let mut epoch = health.borrow_and_update().epoch;
    while let Ok(back) = health.wait_for(|health| health.epoch != epoch).await.map(|health| health.epoch) {
        epoch = back;
        if let Err(error) = engine.cluster_is_back(cluster).await {
            tracing::warn!(%error, "what waited for the cluster waits until its pause ends");
        }
    }
}

/// Helm wants a file; the token stays where Kubernetes renews it.
fn in_cluster_kubeconfig(data_dir: &Path) -> std::io::Result<PathBuf> {
    const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
    let variable = |name| std::env::var(name).map_err(|_| std::io::Error::other(format!("{name} is not set")));
    let (host, port) = (variable("KUBERNETES_SERVICE_HOST")?, variable("KUBERNETES_SERVICE_PORT")?);
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let kubeconfig = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "in-cluster",
        "clusters": [{ "name": "in-cluster", "cluster": {
            "server": format!("https://{host}:{port}"),
            "certificate-authority": format!("{ACCOUNT}/ca.crt"),
        }}],
        "users": [{ "name": "in-cluster", "user": { "tokenFile": format!("{ACCOUNT}/token") } }],
        "contexts": [{ "name": "in-cluster", "context": { "cluster": "in-cluster", "user": "in-cluster" } }],
    });
    let path = data_dir.join("in-cluster.kubeconfig");
    std::fs::write(&path, kubeconfig.to_string())?;
    Ok(path)
}

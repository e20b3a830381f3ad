//! The configuration, explained.

/// Every key with its default, as TOML.
pub const EXAMPLE: &str = r#"# Woow PaaS. Every key can also be set by a variable: `listen` by WOOW_LISTEN, `database.url` by
# WOOW_DATABASE__URL. Variables win. What stands here behind a # is the default.

# Where the server keeps its files: database, master key, Helm's caches.
#data_dir = "data"

# The address of console and API.
#listen = "127.0.0.1:8080"

# The address of /metrics; without it there are none. Not for the public.
#metrics_listen = "127.0.0.1:9090"

# Where people reach the console. By default the address above.
#public_url = "https://paas.example.com"

# Proxies in front of the server, by address or network: X-Forwarded-For and X-Request-Id are believed from them alone.
#trusted_proxies = []

# 64 hexadecimal digits (`openssl rand -hex 32`), or a file that holds them. By default data_dir/master.key, made at the
# first start. Keep a copy: without it no stored secret can be read.
#master_key_file = "/run/secrets/woow-master-key"

# The kubeconfig of the server's account. Inside a cluster the pod's service account by default; the one in the home
# folder is never taken.
#kubeconfig = "/etc/woow-paas/kubeconfig"

# Addresses, logs and resource use are simulated; the console says so.
#sandbox = false

# The folder of the marketplace's apps.
#catalog_dir = "charts"

# The helm program, version 4.
#helm = "helm"

# The domain under which apps get their addresses. It must not share a domain with the console.
#apps_domain = "apps.localhost"
#ingress_class = "nginx"
# The namespace of the ingress controller, which may reach the apps.
#ingress_namespace = "ingress-nginx"

[database]
# sqlite:// or postgres://; by default SQLite in data_dir.
#url = "postgres://woow:password@db.example.com/woow"
# The same from a file.
#url_file = "/run/secrets/woow-database-url"

[log]
# text or json
#format = "text"
# error, warn, info, debug, trace, or directives such as "info,server=debug"
#level = "info"

[limits]
# Largest body of a request, in bytes.
#body_bytes = 1048576
# A query's levels, fields and aliases.
#depth = 16
#complexity = 1000
#aliases = 30
# Open operations on one WebSocket; WebSockets altogether and by address.
#streams_per_socket = 50
#sockets = 2000
#sockets_per_address = 100
# Connections of one address; those of trusted proxies are not counted.
#connections_per_address = 500
#requests_per_minute_per_actor = 1200
#requests_per_minute_per_address = 3000
#sign_ins_per_minute = 10
#log_downloads_per_minute = 10
#workspaces_per_person = 10

[operations]
# Operations at once.
#workers = 4
# After so long without a word from its server, another takes an operation up.
#lease_seconds = 30
# How long an app may take until it is ready.
#ready_timeout_seconds = 600

[retention]
#journal_days = 90
"#;

//! What a server counts. It must have been started with [`METRICS`].

use super::{Server, text};
use serde_json::Value;

/// The setting with which a server shows its metrics, wherever there is a free port.
pub const METRICS: (&str, &str) = ("METRICS_LISTEN", "127.0.0.1:0");

/// A figure of the server's own metrics, all labels together.
pub async fn figure(server: &Server, name: &str) -> u64 {
    let log = server.log();
    let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let said = lines.find(|line| line["message"] == "metrics").expect("it says where its metrics are");
    let url = format!("http://{}/metrics", text(&said["address"]));
    let page = reqwest::get(url).await.unwrap().text().await.unwrap();
    let of_name = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
    // Gauges are written as floating-point numbers; ours are whole.
    page.lines().filter(of_name).map(|line| whole(line.rsplit(' ').next().unwrap())).sum()
}

fn whole(figure: &str) -> u64 {
    figure.split('.').next().unwrap().parse().unwrap_or_else(|_| panic!("{figure} is no whole number"))
}

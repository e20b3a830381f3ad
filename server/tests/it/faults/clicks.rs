//! The same asked for twice at once, by one person or by two, at one server or at two: one wins, and the other is told.

use super::{proxy::Proxy, rules::Held};
use crate::support::{Api, LAUNCH, PASSWORD, Server, fresh_postgres, make_workspace, text};
use futures::future::join_all;
use serde_json::{Value, json};

/// Two servers on one database, and the same person at both.
struct Both {
    proxy: Proxy,
    servers: [Server; 2],
    people: [Api; 2],
    workspace: String,
    namespace: String,
}

impl Both {
    async fn new() -> Self {
        let proxy = Proxy::start().await;
        let kubeconfig = proxy.kubeconfig();
        let settings = [("KUBECONFIG", kubeconfig.to_str().unwrap())];
        let first = Server::start_on(tempfile::tempdir().unwrap(), fresh_postgres().await, &settings).await;
        let ada = first.admin().await;
        let second = first.beside().await;
        let mut there = second.visitor();
        there.sign_in("ada@example.com", PASSWORD).await.unwrap();
        let (workspace, namespace) = make_workspace(&ada, "Shop").await;
        Self { proxy, servers: [first, second], people: [ada, there], workspace, namespace }
    }

    /// What is begun does not end until the test lets go: nothing that it asks of the cluster is answered.
    fn pause(&self) -> Held {
        let namespace = self.namespace.clone();
        self.proxy.pause(move |seen| seen.is_about(&namespace) && !seen.watches())
    }

    /// Asks three times at each server, all at once; what has succeeded, and the codes of what has not.
    async fn at_once(&self, query: &str, variables: impl Fn(usize) -> Value) -> (Vec<Value>, Vec<String>) {
        let asked = (0..6).map(|number| self.people[number % 2].try_ask(query, variables(number)));
        let (mut done, mut refused) = (Vec::new(), Vec::new());
        for answer in join_all(asked).await {
            match answer {
                Ok(data) => done.push(data),
                Err(error) => {
                    let fields = error.fields();
                    refused.push(fields.first().map_or(error.code, |(field, code)| format!("{field} {code}")));
                }
            }
        }
        (done, refused)
    }

    async fn ended(&self, operation: &str) -> String {
        self.people[0].ended(operation).await
    }

    /// Nothing that was refused was a fault of the server's.
    fn no_faults(&self) {
        for server in &self.servers {
            assert!(!server.log().contains("\"ERROR\""), "{}", server.log());
        }
    }
}

#[tokio::test]
async fn one_name_is_launched_once() {
    let both = Both::new().await;
    let input = |key: Option<String>| json!({ "input": { "workspaceId": both.workspace, "app": "valkey", "name": "Cache", "idempotencyKey": key } });
    // Without a key, and with keys of their own, they are different wishes for one name.
    let (done, refused) = both.at_once(LAUNCH, |number| input((number > 2).then(|| number.to_string()))).await;
    assert_eq!((done.len(), refused), (1, vec!["name TAKEN".to_owned(); 5]));
    let launched = &done[0]["launchService"];

    // With one key they are one wish.
    let again = |_| json!({ "input": { "workspaceId": both.workspace, "app": "valkey", "name": "Other", "idempotencyKey": "one" } });
    let (done, refused) = both.at_once(LAUNCH, again).await;
    assert_eq!(refused, Vec::<String>::new());
    assert!(done.iter().all(|made| *made == done[0]), "{done:?}");
    for made in [launched, &done[0]["launchService"]] {
        assert_eq!(both.ended(&text(&made["operation"]["id"])).await, "SUCCEEDED");
    }
    let query = "query($id: ID!) { workspace(id: $id) { services { name } } }";
    let listed = both.people[0].ask(query, json!({ "id": both.workspace })).await;
    assert_eq!(listed["workspace"]["services"].as_array().unwrap().len(), 2);
    both.no_faults();
}

#[tokio::test]
async fn each_button_works_once() {
    let both = Both::new().await;
    // Each time the last of the six is asked for while what the first has begun goes on.
    let pause = both.pause();
    let input = json!({ "input": { "workspaceId": both.workspace, "app": "valkey", "name": "Cache" } });
    let made = both.people[0].ask(LAUNCH, input).await;
    let (service, launch) =
        (text(&made["launchService"]["service"]["id"]), text(&made["launchService"]["operation"]["id"]));

    let cancel = "mutation($id: ID!) { made: cancelOperation(input: { id: $id }) { operation { id } } }";
    let (done, refused) = both.at_once(cancel, |_| json!({ "id": launch })).await;
    assert_eq!((done.len(), refused), (1, vec!["CONFLICT".to_owned(); 5]));
    pause.let_go();
    assert_eq!(both.ended(&launch).await, "CANCELLED");

    let pause = both.pause();
    let retry = "mutation($id: ID!) { made: retryOperation(input: { id: $id }) { operation { id } } }";
    let (done, refused) = both.at_once(retry, |_| json!({ "id": launch })).await;
    assert_eq!((done.len(), refused), (1, vec!["BUSY".to_owned(); 5]));
    pause.let_go();
    assert_eq!(both.ended(&launch).await, "SUCCEEDED");

    let pause = both.pause();
    let restart = "mutation($id: ID!) { made: restartService(input: { id: $id }) { operation { id } } }";
    let (done, refused) = both.at_once(restart, |_| json!({ "id": service })).await;
    assert_eq!((done.len(), refused), (1, vec!["BUSY".to_owned(); 5]));
    pause.let_go();
    assert_eq!(both.ended(&text(&done[0]["made"]["operation"]["id"])).await, "SUCCEEDED");

    let pause = both.pause();
    let delete = "mutation($id: ID!) { made: deleteService(input: { id: $id, confirmName: \"Cache\",
        removeVolumes: true }) { operation { id } } }";
    let (done, refused) = both.at_once(delete, |_| json!({ "id": service })).await;
    assert_eq!((done.len(), refused), (1, vec!["BUSY".to_owned(); 5]));
    pause.let_go();
    assert_eq!(both.ended(&text(&done[0]["made"]["operation"]["id"])).await, "SUCCEEDED");
    both.no_faults();
}

#[tokio::test]
async fn of_two_editors_one_wins() {
    let both = Both::new().await;
    let update = "mutation($id: ID!, $name: String!) { updateWorkspace(input: { id: $id, version: 1, name: $name }) {
        workspace { name version } } }";
    let named = |number: usize| json!({ "id": both.workspace, "name": format!("Shop {number}") });
    let (done, refused) = both.at_once(update, named).await;
    assert_eq!((done.len(), refused), (1, vec!["CONFLICT".to_owned(); 5]));
    let query = "query($id: ID!) { workspace(id: $id) { name version } }";
    let shown = both.people[1].ask(query, json!({ "id": both.workspace })).await;
    assert_eq!(shown["workspace"], done[0]["updateWorkspace"]["workspace"]);

    let create = "mutation($name: String!) { createWorkspace(input: { name: $name, idempotencyKey: \"k\" }) {
        workspace { id } } }";
    let (done, refused) = both.at_once(create, |_| json!({ "name": "One" })).await;
    assert_eq!(refused, Vec::<String>::new());
    assert!(done.iter().all(|made| *made == done[0]), "{done:?}");
    both.no_faults();
}

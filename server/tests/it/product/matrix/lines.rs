//! What is asked of each root field, and of the fields that have a right of their own. A new root field needs a line here and in
//! `table.txt`.
//!
//! A mutation is asked so that whoever may do it is refused for another reason (an input with a mistake, a version that is not
//! the newest), or so that it changes nothing; where it cannot but change something, that is put back.

use super::people::Place;
use serde_json::{Value, json};

/// A line of the table.
pub struct Line {
    /// The root field, or the field with a right of its own: `Query.workspace`, `Workspace.members`.
    pub field: &'static str,
    /// What is asked.
    pub query: &'static str,
    /// About what.
    pub variables: fn(&Place) -> Value,
    /// The member (by column) who has to be added again where it was done; `self` for the one who asked.
    pub puts_back: Option<&'static str>,
}

const fn line(field: &'static str, query: &'static str, variables: fn(&Place) -> Value) -> Line {
    Line { field, query, variables, puts_back: None }
}

fn nothing(_: &Place) -> Value {
    json!({})
}

fn workspace(place: &Place) -> Value {
    json!({ "id": place.workspace })
}

fn service(place: &Place) -> Value {
    json!({ "id": place.service })
}

fn busy(place: &Place) -> Value {
    json!({ "id": place.busy })
}

fn operation(place: &Place) -> Value {
    json!({ "id": place.operation })
}

fn person(place: &Place) -> Value {
    json!({ "id": place.spare })
}

/// Every line, in the order of the table. Whoever is signed out last can be asked nothing more.
pub const LINES: &[Line] = &[
    line("Query.server", "{ server { version sandbox } }", nothing),
    line("Query.viewer", "{ viewer { id email } }", nothing),
    line("Query.apps", "{ apps { totalCount } }", nothing),
    line("Query.app", "{ app(slug: \"n8n\") { name } }", nothing),
    line("Query.addressPreview", "{ addressPreview(label: \"my-flows\") { available } }", nothing),
    line("Query.workspaces", "{ workspaces { totalCount } }", nothing),
    line("Query.workspace", "query($id: ID!) { workspace(id: $id) { name namespace serviceCount } }", workspace),
    line("Query.service", "query($id: ID!) { service(id: $id) { name status { state } } }", service),
    line("Query.operation", "query($id: ID!) { operation(id: $id) { state journal { code } } }", operation),
    line("Query.people", "{ people { totalCount } }", nothing),
    line("Query.person", "query($id: ID!) { person(id: $id) { name } }", person),
    line("Query.invitations", "{ invitations { totalCount } }", nothing),
    line("Query.settings", "{ settings { signUpMode } }", nothing),
    line("Query.oneTimeLink", "{ oneTimeLink(kind: INVITATION, secret: \"none\") { email } }", nothing),
    line("Query.destinations", "{ destinations { workspaces { id } services { id } } }", nothing),
    line("Viewer.accessTokens", "{ viewer { accessTokens { name } } }", nothing),
    line("Viewer.sessions", "{ viewer { sessions { current } } }", nothing),
    line("Workspace.services", "query($id: ID!) { workspace(id: $id) { services { name } } }", workspace),
    line("Workspace.servicePage", "query($id: ID!) { workspace(id: $id) { servicePage { totalCount } } }", workspace),
    line("Workspace.operations", "query($id: ID!) { workspace(id: $id) { operations { totalCount } } }", workspace),
    line("Workspace.members", "query($id: ID!) { workspace(id: $id) { members { totalCount } } }", workspace),
    line(
        "Workspace.supportGrants",
        "query($id: ID!) { workspace(id: $id) { supportGrants { totalCount } } }",
        workspace,
    ),
    line(
        "Workspace.viewerSupportGrant",
        "query($id: ID!) { workspace(id: $id) { viewerSupportGrant { open } } }",
        workspace,
    ),
    line("Service.values", "query($id: ID!) { service(id: $id) { values { pointer } } }", service),
    line(
        "Mutation.signIn",
        "mutation { signIn(input: { email: \"no address\", password: \"x\" }) { viewer { id } } }",
        nothing,
    ),
    line(
        "Mutation.changePassword",
        "mutation { changePassword(input: { currentPassword: \"x\", newPassword: \"short\" }) { viewer { id } } }",
        nothing,
    ),
    line(
        "Mutation.createAccessToken",
        "mutation { createAccessToken(input: { name: \"\", scopes: [READ] }) { secret } }",
        nothing,
    ),
    line(
        "Mutation.revokeAccessToken",
        "mutation($id: ID!) { revokeAccessToken(input: { id: $id }) { accessToken { id } } }",
        |place| json!({ "id": place.token }),
    ),
    line(
        "Mutation.signUp",
        "mutation { signUp(input: { name: \"Eve\", email: \"no address\", password: \"x\" }) { accepted } }",
        nothing,
    ),
    line(
        "Mutation.acceptInvitation",
        "mutation { acceptInvitation(input: { secret: \"none\", name: \"Eve\", password: \"x\" }) { viewer { id } } }",
        nothing,
    ),
    line(
        "Mutation.resetPassword",
        "mutation { resetPassword(input: { secret: \"none\", newPassword: \"x\" }) { reset } }",
        nothing,
    ),
    line("Mutation.updateProfile", "mutation { updateProfile(input: { name: \"\" }) { viewer { id } } }", nothing),
    line(
        "Mutation.endSession",
        "mutation($id: ID!) { endSession(input: { id: $id }) { endedId } }",
        |place| json!({ "id": place.token }),
    ),
    line("Mutation.endOtherSessions", "mutation { endOtherSessions { count } }", nothing),
    line(
        "Mutation.changePlatformRole",
        "mutation($id: ID!) { changePlatformRole(input: { id: $id, version: 999, role: ADMIN }) { person { id } } }",
        person,
    ),
    line(
        "Mutation.removePerson",
        "mutation($id: ID!) { removePerson(input: { id: $id, version: 999 }) { removedId } }",
        person,
    ),
    line(
        "Mutation.createInvitation",
        "mutation { createInvitation(input: { email: \"no address\", platformRole: MEMBER }) { link } }",
        nothing,
    ),
    line(
        "Mutation.revokeInvitation",
        "mutation($id: ID!) { revokeInvitation(input: { id: $id }) { revokedId } }",
        |place| json!({ "id": place.token }),
    ),
    line(
        "Mutation.createPasswordReset",
        "mutation($id: ID!) { createPasswordReset(input: { personId: $id }) { link } }",
        person,
    ),
    line(
        "Mutation.updateSettings",
        "mutation { updateSettings(input: { signUpMode: OPEN, version: 999 }) { settings { version } } }",
        nothing,
    ),
    line(
        "Mutation.createWorkspace",
        "mutation { createWorkspace(input: { name: \"\" }) { workspace { id } } }",
        nothing,
    ),
    line(
        "Mutation.updateWorkspace",
        "mutation($id: ID!) { updateWorkspace(input: { id: $id, version: 999, name: \"Mine\" }) { workspace { id } } }",
        workspace,
    ),
    line(
        "Mutation.addMember",
        "mutation($id: ID!) { addMember(input: { workspaceId: $id, email: \"no address\", role: USER }) {
            member { role } } }",
        workspace,
    ),
    line(
        "Mutation.changeMemberRole",
        "mutation($id: ID!, $person: ID!) { changeMemberRole(input: {
            workspaceId: $id, personId: $person, role: USER, expectedRole: ADMIN }) { member { role } } }",
        |place| json!({ "id": place.workspace, "person": place.guest }),
    ),
    Line {
        puts_back: Some("spare"),
        ..line(
            "Mutation.removeMember",
            "mutation($id: ID!, $person: ID!) { removeMember(input: { workspaceId: $id, personId: $person }) {
                personId } }",
            |place| json!({ "id": place.workspace, "person": place.spare }),
        )
    },
    Line {
        puts_back: Some("self"),
        ..line(
            "Mutation.leaveWorkspace",
            "mutation($id: ID!) { leaveWorkspace(input: { workspaceId: $id }) { personId } }",
            workspace,
        )
    },
    line(
        "Mutation.transferWorkspace",
        "mutation($id: ID!, $person: ID!) { transferWorkspace(input: {
            workspaceId: $id, personId: $person, confirmName: \"not its name\" }) { member { role } } }",
        |place| json!({ "id": place.workspace, "person": place.guest }),
    ),
    line(
        "Mutation.openSupportGrant",
        "mutation($id: ID!) { openSupportGrant(input: { workspaceId: $id, reason: \"\", hours: 1 }) {
            supportGrant { id } } }",
        workspace,
    ),
    line(
        "Mutation.endSupportGrant",
        "mutation($id: ID!) { endSupportGrant(input: { id: $id }) { supportGrant { id } } }",
        |place| json!({ "id": place.grant }),
    ),
    line(
        "Mutation.launchService",
        "mutation($id: ID!) { launchService(input: { workspaceId: $id, app: \"none\", name: \"x\" }) { service { id } } }",
        workspace,
    ),
    line(
        "Mutation.restartService",
        "mutation($id: ID!) { restartService(input: { id: $id }) { service { id } } }",
        busy,
    ),
    line(
        "Mutation.deleteService",
        "mutation($id: ID!) { deleteService(input: { id: $id, confirmName: \"not its name\", removeVolumes: false }) {
            service { id } } }",
        service,
    ),
    line(
        "Mutation.retryOperation",
        "mutation($id: ID!) { retryOperation(input: { id: $id }) { operation { id } } }",
        operation,
    ),
    line(
        "Mutation.cancelOperation",
        "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { id } } }",
        operation,
    ),
    line(
        "Mutation.createLogDownload",
        "mutation($input: CreateLogDownloadInput!) { createLogDownload(input: $input) { url } }",
        |place| json!({ "input": { "serviceId": place.service, "pod": place.pod, "container": place.container } }),
    ),
    line("Subscription.workspaceChanged", "subscription($id: ID!) { workspaceChanged(id: $id) { name } }", workspace),
    line(
        "Subscription.servicePageChanged",
        "subscription($id: ID!) { servicePageChanged(workspaceId: $id) { totalCount } }",
        workspace,
    ),
    line(
        "Subscription.servicePageUpdated",
        "subscription($id: ID!) { servicePageUpdated(workspaceId: $id) { totalCount } }",
        workspace,
    ),
    line("Subscription.openOperationsChanged", "subscription { openOperationsChanged { totalCount } }", nothing),
    line("Subscription.serviceChanged", "subscription($id: ID!) { serviceChanged(id: $id) { name } }", service),
    line(
        "Subscription.operationChanged",
        "subscription($id: ID!) { operationChanged(id: $id) { operation { state } } }",
        operation,
    ),
    line(
        "Subscription.serviceLogs",
        "subscription($input: ServiceLogsInput!) { serviceLogs(input: $input) { state } }",
        |place| json!({ "input": { "serviceId": place.service, "pod": place.pod, "container": place.container } }),
    ),
    line("Subscription.serviceUsage", "subscription($id: ID!) { serviceUsage(id: $id) { state } }", service),
    line("Mutation.signOut", "mutation { signOut { signedOut } }", nothing),
];

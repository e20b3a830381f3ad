//! Roles and scopes.

api_enum! {
    /// What someone is to the company that runs the platform.
    PlatformRole {
        /// Runs the platform.
        Admin = "ADMIN",
        /// Looks after customers and their environments.
        Operator = "OPERATOR",
        /// Sees customers and their environments.
        Viewer = "VIEWER",
        /// Not staff: a tenant.
        Member = "MEMBER",
    }
}

api_enum! {
    /// What someone is in a workspace. Each role may do all that the ones below it may.
    WorkspaceRole {
        /// Deletes and transfers the workspace.
        Owner = "OWNER",
        /// Changes members and settings.
        Admin = "ADMIN",
        /// Launches, changes and deletes services.
        User = "USER",
        /// Sees services, their logs and their values without secrets.
        Guest = "GUEST",
    }
}

api_enum! {
    /// What a personal access token may do.
    TokenScope {
        /// Everything that its owner may read.
        Read = "READ",
        /// Everything that its owner may read or change, save their password and tokens.
        Write = "WRITE",
    }
}

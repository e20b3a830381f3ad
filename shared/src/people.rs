//! How people join, and the links that they are given.

api_enum! {
    /// How people get an account.
    SignUpMode {
        /// Anybody who reaches the console makes one.
        Open = "OPEN",
        /// Whom an Admin invites.
        Invitation = "INVITATION",
        /// Nobody: only the command line makes accounts.
        Closed = "CLOSED",
    }
}

api_enum! {
    /// What a link that can be used once is for.
    OneTimeLinkKind {
        /// To make an account.
        Invitation = "INVITATION",
        /// To choose a new password.
        PasswordReset = "PASSWORD_RESET",
    }
}

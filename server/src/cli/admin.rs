//! `admin create` and `admin reset-password`. A password is never an argument, where every process could read it.

use std::{
    io::{Read, Write},
    process::ExitCode,
};

use clap::{Subcommand, ValueEnum};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use shared::{roles::PlatformRole, rules::PASSWORD_MAX};

use super::CliError;
use crate::{
    boot,
    clock::SystemClock,
    config::Config,
    crypto::random::Random,
    domain::identity::admin::{self, NewPerson},
};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Makes a person; prints e-mail address and password as one line of JSON.
    Create {
        /// E-mail address, with which they sign in.
        #[arg(long)]
        email: String,
        /// What people see.
        #[arg(long)]
        name: String,
        /// What they are to the company.
        #[arg(long, value_enum, default_value = "member")]
        role: Role,
        /// Only when there is nobody yet; else prints `{}`.
        #[arg(long)]
        if_none: bool,
        /// They must change the password at the first sign-in.
        #[arg(long)]
        must_change: bool,
        /// Reads the password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Sets a new password, to be changed at the next sign-in; every session and token of theirs ends.
    ResetPassword {
        /// Whose.
        #[arg(long)]
        email: String,
        /// Reads the password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Role {
    /// Runs the platform.
    Admin,
    /// Looks after customers.
    Operator,
    /// Sees customers.
    Viewer,
    /// A tenant.
    Member,
}

pub(super) async fn run(action: Action, config: &Config) -> Result<ExitCode, CliError> {
    let random = Random::default();
    let db = boot::open_migrated(config).await?;
    let printed = match action {
        Action::Create { email, name, role, if_none, must_change, password_stdin } => {
            let password = password(password_stdin, &random)?;
            let role = match role {
                Role::Admin => PlatformRole::Admin,
                Role::Operator => PlatformRole::Operator,
                Role::Viewer => PlatformRole::Viewer,
                Role::Member => PlatformRole::Member,
            };
            let new = NewPerson { email: email.clone(), name, role, must_change_password: must_change };
            if admin::create(&db, &SystemClock, &random, new, password.clone(), if_none).await? {
                told(&email, password_stdin, &password)
            } else {
                json!({})
            }
        }
        Action::ResetPassword { email, password_stdin } => {
            let password = password(password_stdin, &random)?;
            admin::reset_password(&db, &SystemClock, &random, &email, password.clone()).await?;
            told(&email, password_stdin, &password)
        }
    };
    db.close().await;
    writeln!(std::io::stdout().lock(), "{printed}")?;
    Ok(ExitCode::SUCCESS)
}

/// A password that the person has given is not printed back.
fn told(email: &str, given: bool, password: &SecretString) -> serde_json::Value {
    if given { json!({ "email": email }) } else { json!({ "email": email, "password": password.expose_secret() }) }
}

fn password(stdin: bool, random: &Random) -> Result<SecretString, CliError> {
    if !stdin {
        return Ok(random.secret(20).into());
    }
    let mut text = String::new();
    let most = u64::try_from(4 * PASSWORD_MAX)?;
    std::io::stdin().lock().take(most).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}

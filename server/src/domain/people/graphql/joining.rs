//! Getting in by oneself, in the API: for everybody.

use crate::{
    domain::{
        identity::{device, graphql::Viewer},
        people::joining,
    },
    graphql::{
        context::{info, state, visit},
        errors::ApiError,
    },
};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use http::header::SET_COOKIE;

/// A new account.
#[derive(InputObject)]
pub struct SignUpInput {
    /// What people will see.
    name: String,
    /// The address with which they will sign in.
    email: String,
    /// Their password: 12 to 256 letters.
    password: String,
}

/// The answer to a sign-up.
#[derive(SimpleObject)]
pub struct SignUpPayload {
    /// Always true. It does not say whether the address was free: then there is an account now, and one can sign in.
    accepted: bool,
}

/// An invitation to be accepted.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// What stands behind `#` in the link.
    secret: String,
    /// What people will see.
    name: String,
    /// The new password: 12 to 256 letters.
    password: String,
}

/// The account that an invitation has made.
#[derive(SimpleObject)]
pub struct AcceptInvitationPayload {
    /// The person, who is signed in now.
    viewer: Viewer,
}

/// A password to be chosen anew.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// What stands behind `#` in the link.
    secret: String,
    /// The new password: 12 to 256 letters.
    new_password: String,
}

/// A password that was chosen anew.
#[derive(SimpleObject)]
pub struct ResetPasswordPayload {
    /// Always true: the password is the new one, all sessions and tokens have ended, and one can sign in.
    reset: bool,
}

/// Getting in by oneself.
#[derive(Default)]
pub struct JoiningMutation;

#[Object]
impl JoiningMutation {
    /// Makes an account, where the platform is open for that (`server.signUpMode`); else `SIGN_UP_CLOSED`. For everybody.
    async fn sign_up(&self, ctx: &Context<'_>, input: SignUpInput) -> Result<SignUpPayload, ApiError> {
        joining::sign_up(state(ctx)?, info(ctx)?, &input.name, &input.email, input.password.into()).await?;
        Ok(SignUpPayload { accepted: true })
    }

    /// Makes the account that an invitation is for, and begins a session. `NOT_FOUND` when the link cannot be used (any
    /// more). For everybody who has the link.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload, ApiError> {
        let (link, password) = (input.secret.into(), input.password.into());
        let (state, visit, info) = (state(ctx)?, visit(ctx)?, info(ctx)?);
        let actor = joining::accept_invitation(state, visit, info, &link, &input.name, password).await?;
        ctx.append_http_header(SET_COOKIE, device::cookie(state, &actor.email));
        Ok(AcceptInvitationPayload { viewer: Viewer(actor) })
    }

    /// Chooses a new password by a link. All sessions and tokens of the person end. `NOT_FOUND` when the link cannot be used
    /// (any more). For everybody who has the link.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        input: ResetPasswordInput,
    ) -> Result<ResetPasswordPayload, ApiError> {
        let (link, password) = (input.secret.into(), input.new_password.into());
        joining::reset_password(state(ctx)?, info(ctx)?, &link, password).await?;
        Ok(ResetPasswordPayload { reset: true })
    }
}

//! What stands before one is in, and the own password, in English.

use crate::i18n::texts::{DeadLinkTexts, JoinTexts, PasswordTexts, ResetTexts, SignInTexts};

pub const SIGN_IN: SignInTexts = SignInTexts {
    title: "Sign in",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    wrong: "E-mail or password is wrong.",
    help: "No account or password lost? Ask the person who runs this console.",
    sign_up: "Make an account",
};

pub const JOIN: JoinTexts = JoinTexts {
    sign_up_title: "Make an account",
    sign_up_lead: "Then you can make a workspace and launch your first app.",
    name: "Name",
    name_help: "How others see you.",
    email: "E-mail",
    submit: "Make account",
    closed: "Accounts are not made here at the moment. Ask the person who runs this console for an invitation.",
    accepted_title: "Now sign in",
    accepted: "If nobody had this address yet, your account is ready. If sign-in fails, the address has an account or an invitation already: ask the person who runs this console.",
    to_sign_in: "Sign in",
    have_account: "I have an account",
    invitation_title: "You are invited",
    invitation_lead: "Choose a name and a password for {email}.",
    signed_in_as: "You are signed in as {name}. When you accept, this browser is signed in as the new person instead.",
    welcome: "Welcome. You are signed in.",
};

pub const RESET: ResetTexts = ResetTexts {
    title: "Choose a new password",
    lead: "For {email}. All sessions end, and access tokens stop working.",
    submit: "Save password",
    done: "Your password has been changed. Sign in with it.",
};

pub const DEAD_LINK: DeadLinkTexts = DeadLinkTexts {
    title: "This link cannot be used",
    invitation: "It was used already, taken back, has run out, or is not complete. Ask whoever invited you for a new one.",
    reset: "It was used already, replaced by a newer one, has run out, or is not complete. Ask the person who runs this console for a new one.",
};

pub const PASSWORD: PasswordTexts = PasswordTexts {
    title: "Choose your own password",
    why: "The password that you signed in with was made for you and someone else may have seen it. Choose one that only you know; then you can go on.",
    section: "Change password",
    ends_others: "Every other session of yours ends when you change it.",
    current: "Current password",
    new: "New password",
    new_help: "{min} letters or more. A few words that do not belong together are easy to remember and hard to guess.",
    again: "New password again",
    submit: "Change password",
    changed: "Your password has been changed.",
};

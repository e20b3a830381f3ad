//! What went wrong, in English.

use crate::i18n::texts::Explained;
use shared::{
    error::{ErrorCode, FieldErrorCode},
    operation::OperationErrorCode,
    policy::Denial,
};

pub fn error(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadRequest => {
            "The server could not read the request. Reload the page; it may be older than the server."
        }
        ErrorCode::TooComplex => "That asks for too much at once. Narrow it down, then try again.",
        ErrorCode::Unauthenticated => "Your session has ended. Sign in again.",
        ErrorCode::PasswordChangeRequired => "Change your password first.",
        ErrorCode::Forbidden => "Your role does not allow this. Ask an admin of the workspace.",
        ErrorCode::NotFound => "It is not there any more, or you are not allowed to see it.",
        ErrorCode::InvalidInput => "Some fields need a correction.",
        ErrorCode::Conflict => "Someone else has changed it meanwhile. Look at their version, then decide.",
        ErrorCode::Busy => "Something else is being done to it right now. Try again when that has ended.",
        ErrorCode::LimitReached => {
            "A limit of this installation is reached. Delete what is not needed, or ask for more."
        }
        ErrorCode::LastAdmin => "Nobody else is an Admin of the platform. Make someone else an Admin first.",
        ErrorCode::SoleOwner => {
            "Nobody else owns {names|some workspaces}. Another member has to be made an owner there first, which only the owner can do."
        }
        ErrorCode::SignUpClosed => {
            "Accounts are not made this way at the moment. Ask the person who runs this console."
        }
        ErrorCode::LastOwner => {
            "A workspace needs an owner, and this is its only one. Make another member an owner first."
        }
        ErrorCode::RateLimited => "Too many attempts. Try again in {retryAfterSeconds|a few} seconds.",
        ErrorCode::Unavailable => "The cluster or the database does not answer. Try again in a moment.",
        ErrorCode::Internal => "Something went wrong on our side. Try again.",
    }
}

pub fn field_error(code: FieldErrorCode) -> &'static str {
    match code {
        FieldErrorCode::Required => "This is needed.",
        FieldErrorCode::TooShort => "Too short: {min|more} letters at least.",
        FieldErrorCode::TooLong => "Too long: {max|fewer} letters at most.",
        FieldErrorCode::WrongType => "This has to be a {expected|different kind of value}.",
        FieldErrorCode::OutOfRange => "This has to be from {min|the least} to {max|the most allowed}.",
        FieldErrorCode::NotAnOption => "Choose one of the options.",
        FieldErrorCode::Undeclared => "The app does not have this setting.",
        FieldErrorCode::Duplicate => "This is given twice.",
        FieldErrorCode::InvalidFormat => "This does not have the right form: {expected|see the help below}.",
        FieldErrorCode::Taken => "This is taken. Choose another.",
        FieldErrorCode::Reserved => "This name is kept for the platform. Choose another.",
        FieldErrorCode::Wrong => "This is not right.",
        FieldErrorCode::TooWeak => "This is too easy to guess.",
        FieldErrorCode::SameAsBefore => "Choose one that differs from the current one.",
        FieldErrorCode::DoesNotMatch => "This does not match.",
        FieldErrorCode::NumberTooLarge => "This number is too large to be kept exactly.",
        FieldErrorCode::YamlInvalid => "This is not YAML: see line {line|?}, column {column|?}.",
        FieldErrorCode::YamlTooComplex => "This YAML is too deep or too large.",
        FieldErrorCode::SchemaViolation => "The app's chart does not accept this: {message}.",
        FieldErrorCode::NotAllowed => "This may not be given here.",
        FieldErrorCode::UnknownPerson => {
            "Nobody here has this address. Check the spelling, or ask the person who runs this console to give them an account first."
        }
        FieldErrorCode::AlreadyMember => "They are a member already. Change their role in the list.",
    }
}

pub fn denial(denial: Denial) -> &'static str {
    match denial {
        Denial::Hidden => "You are not a member of this workspace.",
        Denial::Role => "Your role in this workspace does not allow this. Ask an admin of the workspace.",
        Denial::Scope => "This token does not allow this.",
        Denial::PasswordChange => "Change your password first.",
        Denial::Archived => "This workspace is archived: nothing in it can be changed.",
    }
}

pub fn operation_error(code: OperationErrorCode) -> Explained {
    let (sentence, next) = match code {
        OperationErrorCode::ClusterUnreachable => {
            ("The cluster could not be reached.", "Check that it is up, then try again.")
        }
        OperationErrorCode::ClusterForbidden => (
            "The cluster does not allow this to the platform's account. {message}",
            "Ask the person who runs this console; `doctor` names the missing right.",
        ),
        OperationErrorCode::ClusterRefused => (
            "The cluster refused an object. {message}",
            "Change the settings, or ask the person who runs this console.",
        ),
        OperationErrorCode::NamespaceTerminating => {
            ("The namespace {namespace|of the workspace} is being deleted.", "Wait until it has gone, then try again.")
        }
        OperationErrorCode::NamespaceForeign => (
            "A namespace {namespace|of this name} is there already and does not belong to the platform.",
            "Ask the person who runs this console to rename or remove it.",
        ),
        OperationErrorCode::ChartInvalid => (
            "The app's chart cannot be rendered. {message}",
            "Ask the person who runs this console; the chart needs a correction.",
        ),
        OperationErrorCode::ChartSchemaForeignRef => (
            "The chart's schema refers to another document ({reference|outside the chart}), which is not allowed.",
            "Ask the person who runs this console; the chart needs a correction.",
        ),
        OperationErrorCode::ChartClusterScoped => (
            "The chart wants to make {kind|an object} “{name}”, which is of the whole cluster or of a kind that is not allowed.",
            "Nothing was changed. Ask the person who runs this console; the chart needs a correction.",
        ),
        OperationErrorCode::ChartForeignNamespace => (
            "The chart wants to make an object in another namespace ({namespace|not its own}), which is not allowed.",
            "Nothing was changed. Ask the person who runs this console; the chart needs a correction.",
        ),
        OperationErrorCode::ValuesRefused => {
            ("The chart does not accept the settings. {message}", "Launch it again with other settings.")
        }
        OperationErrorCode::HelmMissing => (
            "The helm program is missing on the server, or its version does not fit.",
            "Ask the person who runs this console to install Helm 4.",
        ),
        OperationErrorCode::HelmFailed => {
            ("Helm failed. {message}", "The lines under the step say more. Then try again.")
        }
        OperationErrorCode::HelmTimeout => ("Helm did not end in time.", "The cluster may be busy. Try again."),
        OperationErrorCode::ReleaseForeign => (
            "A release {release|of this name}, or an object of it, is there already and does not belong to the platform.",
            "Ask the person who runs this console to rename or remove it.",
        ),
        OperationErrorCode::ReleaseRecordTooLarge => (
            "The release is larger than the cluster can store.",
            "Ask the person who runs this console; the chart needs to become smaller.",
        ),
        OperationErrorCode::QuotaExceeded => (
            "The workspace's quota is used up. {message}",
            "Delete a service that is not needed, or ask for a larger quota. Then try again.",
        ),
        OperationErrorCode::NotReadyInTime => (
            "The pods were not ready in time.",
            "The service's pods and log say what they wait for. Mend that, then try again.",
        ),
        OperationErrorCode::StillDeleting => (
            "What was there before is still being removed: {names}.",
            "A pod may take long to end, or its node may be gone. Try again in a while.",
        ),
        OperationErrorCode::SecretUnreadable => (
            "A stored secret cannot be decrypted.",
            "Ask the person who runs this console whether the master key was changed.",
        ),
        OperationErrorCode::TargetGone => ("What this was for is not there any more.", ""),
        OperationErrorCode::Internal => (
            "Something went wrong on our side.",
            "Try again; if it happens again, tell the person who runs this console.",
        ),
    };
    Explained { sentence, next }
}

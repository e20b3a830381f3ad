//! Codes and their parameters, put into words.

use super::{Explained, duration, fill, t};
use crate::api::{
    ApiError, Code, FieldError, Params,
    types::{JournalEntry, OperationError, Param, params},
};
use shared::{
    error::ErrorCode,
    operation::{OperationErrorCode, StepName},
    service::StatusReason,
};

fn filled(text: &str, params: &Params) -> String {
    let step = StepName::parse(params.get("step")).map(t().step);
    let error = OperationErrorCode::parse(params.get("error"))
        .map(|code| fill((t().operation_error)(code).sentence, |name| params.some(name)));
    fill(text, |name| match name {
        "step" => step.or_else(|| params.some(name)),
        "error" => error.as_deref().or_else(|| params.some(name)),
        _ => params.some(name),
    })
}

/// Where a sentence quotes the cluster, or the program that ended.
const QUOTES: [(&str, &str); 2] = [(" {message}", "message"), (" {output}", "output")];

/// A sentence without its quote, and what that is called.
fn quoted(sentence: &str) -> (&str, Option<&'static str>) {
    let found = QUOTES.iter().find_map(|(hole, name)| Some((sentence.strip_suffix(hole)?, Some(*name))));
    found.unwrap_or((sentence, None))
}

/// A status as a sentence of ours, and what to do next. What the cluster or the program itself said is [`message`].
pub fn explain(reason: StatusReason, list: &[Param]) -> (String, String) {
    let Explained { sentence, next } = (t().status)(reason);
    let params = params(list);
    (filled(quoted(sentence).0, &params), filled(next, &params))
}

/// What the cluster itself says about a status, or the program said last, where that helps.
pub fn message(reason: StatusReason, list: &[Param]) -> Option<String> {
    let name = quoted((t().status)(reason).sentence).1?;
    list.iter().find(|param| param.name == name).map(|param| param.value.clone())
}

/// Why a pod is not ready, as a sentence.
pub fn pod_reason(reason: StatusReason, list: &[Param]) -> String {
    [Some(explain(reason, list).0), message(reason, list)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Why an operation failed, and what to do next.
pub fn operation_error(error: &OperationError) -> (String, String) {
    let Explained { sentence, next } = (t().operation_error)(error.code);
    let params = params(&error.params);
    (filled(sentence, &params), filled(next, &params))
}

/// An entry of a journal as a line.
pub fn journal(entry: &JournalEntry) -> String {
    let params = params(&entry.params);
    let took = params.number("millis").map(duration);
    let text = (t().journal)(entry.code);
    let step = entry.step.map(t().step);
    fill(text, |name| match name {
        "took" => took.as_deref(),
        "step" => step.or_else(|| params.some(name)),
        _ => params.some(name),
    })
}

/// A refused or failed request as a sentence, with the way to the log where it is a fault of ours.
pub fn api_error(error: &ApiError) -> String {
    let errors = &t().errors;
    let as_it_is = ["why", "state"].into_iter().any(|name| error.params.some(name).is_some());
    let text = match error.code {
        Code::Server(ErrorCode::Conflict) if error.params.get("why") == "member" => t().support.is_member,
        Code::Server(ErrorCode::Conflict) if error.params.get("why") == "open" => t().support.is_open,
        // Whoever changed it meanwhile has ended this session.
        Code::Server(ErrorCode::Conflict) if error.params.get("why") == "password" => {
            (t().error)(ErrorCode::Unauthenticated)
        }
        Code::Server(ErrorCode::Conflict) if as_it_is => errors.not_now,
        Code::Server(code) => (t().error)(code),
        Code::Offline => errors.offline,
        Code::Unreadable => errors.unreadable,
    };
    let sentence = filled(text, &error.params);
    match (&error.code, &error.request_id) {
        (Code::Server(ErrorCode::Internal), Some(id)) => {
            format!("{sentence} {}", super::with(errors.request_id, "id", id))
        }
        _ => sentence,
    }
}

/// What is wrong with a field.
pub fn field_error(error: &FieldError) -> String {
    filled((t().field_error)(error.code), &error.params)
}

/// An event's count, where it happened more than once.
pub fn event_line(count: i32) -> Option<String> {
    (count > 1).then(|| super::with(t().service.times, "n", &count.to_string()))
}

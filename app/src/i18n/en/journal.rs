//! Lines of an operation's journal in English.

use shared::operation::JournalCode;

pub fn journal(code: JournalCode) -> &'static str {
    match code {
        JournalCode::Queued => "Asked for; waiting for its turn.",
        JournalCode::Started => "Begun.",
        JournalCode::TakenUp => "Taken up again after the server that worked on it was lost.",
        JournalCode::StepStarted => "{step} begins.",
        JournalCode::StepDone => "{step} is done.",
        JournalCode::StepFailed => "{step|The step} failed. {message}",
        JournalCode::WillRetry => "Next attempt in {seconds|a few} s.",
        JournalCode::Succeeded => "All is done.",
        JournalCode::Failed => "Failed for good.",
        JournalCode::CancelRequested => "{by|Someone} asked to cancel.",
        JournalCode::Cancelled => "Cancelled; what was done has been undone.",
        JournalCode::RetryRequested => "{by|Someone} asked to try again.",
        JournalCode::NamespaceCreated => "The namespace {namespace} was created.",
        JournalCode::NamespaceKept => "The namespace {namespace} was there already.",
        JournalCode::LimitsApplied => "Quota, default limits and network policy are set.",
        JournalCode::AccessApplied => "The deployer account is set; it can act in this namespace only.",
        JournalCode::ChartChecked => "The chart makes {objects|its} objects, all of them allowed.",
        JournalCode::HelmStarted => "{command}",
        JournalCode::HelmFinished => "Helm ended after {took|a moment}.",
        JournalCode::HelmOutput => "{text}",
        JournalCode::HelmEndedLeftover => "A Helm process left over from an earlier attempt was ended.",
        JournalCode::ReleaseHealed => "The release was stuck in “{status|pending}” and was healed: {action}.",
        JournalCode::ReleaseKept => "The release was there already, as it should be.",
        JournalCode::AddressReserved => "The address {host} is the service's own.",
        JournalCode::PodsProgress => "{ready|0} of {total|0} pods are ready.",
        JournalCode::ClusterEvent => "{object}: {reason}. {message}",
        JournalCode::RestartRequested => "The pods were told to restart.",
        JournalCode::ReleaseRemoved => "The release was removed.",
        JournalCode::VolumeKept => "The volume {name} was kept.",
        JournalCode::VolumeRemoved => "The volume {name} was removed.",
        JournalCode::HandedOver => "The server shut down; another goes on with it.",
    }
}

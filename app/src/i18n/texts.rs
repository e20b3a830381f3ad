//! The texts that each locale has.

use shared::{
    catalog::AppCategory,
    error::{ErrorCode, FieldErrorCode},
    operation::{JournalCode, OperationErrorCode, OperationKind, OperationState, StepName},
    policy::Denial,
    service::{ServiceState, StatusReason},
};

/// What happened and why, and what to do next (empty where nothing has to be done).
#[derive(Debug, Clone, Copy)]
pub struct Explained {
    /// What happened and why.
    pub sentence: &'static str,
    /// What to do next.
    pub next: &'static str,
}

/// Singular and plural, with `{n}` for the figure.
pub type Forms = (&'static str, &'static str);

macro_rules! texts {
    ($($(#[$meta:meta])* $group:ident: $name:ident { $($field:ident),+ $(,)? $(; $($forms:ident),+ $(,)?)? })+) => {
        $(
            $(#[$meta])*
            pub struct $name { $(pub $field: &'static str,)+ $($(pub $forms: Forms,)+)? }
        )+

        /// All texts of a locale.
        pub struct Texts {
            /// The locale's name (BCP 47).
            pub locale: &'static str,
            $($(#[$meta])* pub $group: $name,)+
            /// The shelves of the marketplace.
            pub category: fn(AppCategory) -> &'static str,
            /// Words for how a service is.
            pub state: fn(ServiceState) -> &'static str,
            /// Why a service or a pod is so.
            pub status: fn(StatusReason) -> Explained,
            /// Steps of an operation.
            pub step: fn(StepName) -> &'static str,
            /// What an operation does.
            pub operation_kind: fn(OperationKind) -> &'static str,
            /// How far an operation is.
            pub operation_state: fn(OperationState) -> &'static str,
            /// Why an operation failed.
            pub operation_error: fn(OperationErrorCode) -> Explained,
            /// Lines of the journal.
            pub journal: fn(JournalCode) -> &'static str,
            /// Why a request was refused.
            pub error: fn(ErrorCode) -> &'static str,
            /// What is wrong with a field.
            pub field_error: fn(FieldErrorCode) -> &'static str,
            /// Why a button is off.
            pub denial: fn(Denial) -> &'static str,
        }
    };
}

texts! {
    /// Units of time.
    units: Units {
        seconds, minutes, hours
    }
    /// Words of every page.
    common: Common {
        product, skip, loading, optional, cancel, close, done, dismiss, copied, copy_failed, show_password,
        try_again, try_now, reload, connection_lost, stream_failing, new_version, just_now, yes, no, actions, show_more,
        simulated
    }
    /// The frame around the pages.
    frame: FrameTexts {
        main_navigation, open_navigation, breadcrumbs, overview, marketplace, services, settings, workspaces,
        all_workspaces, switch_workspace, theme, theme_system, theme_light, theme_dark, account_menu, account,
        sign_out, sandbox, sandbox_help, operations
    }
    /// Sign-in.
    sign_in: SignInTexts {
        title, email, password, submit, help
    }
    /// Changing the own password.
    password: PasswordTexts {
        title, why, section, ends_others, current, new, new_help, again, submit, changed
    }
    /// The account page.
    account: AccountTexts {
        title
    }
    /// Personal access tokens.
    tokens: TokenTexts {
        title, lead, create, create_title, created_title, empty, empty_text, name, name_help, scope, scope_read,
        scope_write, scope_read_long, scope_write_long, created, last_used, expires, never_used, never_expires,
        days_7, days_30, days_90, days_365, shown_once, copy, revoke, revoke_named, revoke_title, revoke_text,
        revoked
    }
    /// The list of workspaces.
    workspaces: WorkspaceTexts {
        title, lead, new, create, name, name_help, description, archived, preparing, created; services
    }
    /// What someone sees who has no workspace yet.
    first: FirstTexts {
        title, lead, step_1, step_1_text, step_2, step_2_text, step_3, step_3_text, form
    }
    /// A workspace's overview.
    overview: OverviewTexts {
        launch, archived, preparing, preparing_text, first_title, first_text, first_1, first_1_text, first_2,
        first_2_text, first_3, first_3_text; services, running, failing
    }
    /// A workspace's settings.
    settings: SettingsTexts {
        title, general, save, saved, facts, namespace, copy_namespace, created, conflict, take_theirs, keep_mine
    }
    /// The marketplace.
    market: MarketTexts {
        title, lead, search, categories, all, none, none_text, show_all, free, monthly, about, configure,
        documentation, category, app_version, chart_version, web, web_yes, web_no, cpu, memory, storage,
        not_ready; found, cores
    }
    /// The form that launches an app.
    launch: LaunchTexts {
        crumb, title, lead, basics, required, advanced, advanced_help, name, name_help, subdomain,
        subdomain_help, address_random, address_checking, address_free, generated, range, apps_choice, summary,
        workspace, estimate, launch
    }
    /// Operations and their timeline.
    operation: OperationTexts {
        asked_by, took, running_for, cancel, retry, cancel_asked, retry_asked, step_pending, step_running, step_done,
        step_failed, to_service, to_log, launched, deleted, made, made_text, made_copy
    }
    /// The tray of what runs now.
    tray: TrayTexts {
        title, nothing, nothing_text, all, steps; running
    }
    /// The list of what was done.
    history: HistoryTexts {
        title, lead, show, show_all, show_open, show_failed, kind, kind_all, details, none, none_text, none_fit,
        none_fit_text; found
    }
    /// The search for somewhere to go.
    palette: PaletteTexts {
        title, keys, label, none, partly, page, page_in, service_in, workspace, action; found
    }
    /// The ways through a list.
    pager: PagerTexts {
        label, first, next
    }
    /// The table of services.
    services: ServicesTexts {
        title, lead, name, status, address, version, created, none, none_text, search, state, state_all, none_fit,
        none_fit_text, show_all; found
    }
    /// The page of a service.
    service: ServiceTexts {
        tabs, tab_overview, tab_logs, tab_events, tab_activity, tab_settings, since, no_address, pods_ready,
        open, restart, restart_title, restart_text, restart_asked, restart_off, busy, now, volumes, no_volumes, asked_for, values,
        no_values, secret, about, app, chart, revision, port, created, release, copy_release, namespace,
        reference, address, copy_address, no_address_text, address_simulated, pods, no_pods, pod_ready,
        pod_not_ready, on_node, init, times, warning, no_events, no_events_text, no_activity, no_activity_text;
        restarts
    }
    /// Removing a service.
    delete: DeleteTexts {
        section, section_text, open, title, lost, keep, keep_text, remove, remove_text, confirm, submit,
        submit_with_data, asked; volumes
    }
    /// Live logs.
    logs: LogTexts {
        pod, container, follow, wrap, pause, resume, empty, lines, simulated_help, no_pods, no_pods_text, gap,
        ended, cut, state_opening, state_following, state_waiting, state_ended, state_lost, state_failing; dropped,
        state_paused
    }
    /// Pages and sentences for what went wrong.
    errors: ErrorTexts {
        not_found_title, not_found_text, offline_title, failed_title, to_workspaces, offline, unreadable,
        request_id, not_now, crash_title, crash_text
    }
}

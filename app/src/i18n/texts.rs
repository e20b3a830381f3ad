//! The texts that each locale has.

use shared::{
    catalog::AppCategory,
    error::{ErrorCode, FieldErrorCode},
    operation::{JournalCode, OperationErrorCode, OperationKind, OperationState, StepName},
    policy::Denial,
    roles::PlatformRole,
    service::{ServiceState, StatusReason, UsageState},
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
            /// What someone is to the company.
            pub platform_role: fn(PlatformRole) -> Explained,
            /// Words for how a service is.
            pub state: fn(ServiceState) -> &'static str,
            /// Why a service or a pod is so.
            pub status: fn(StatusReason) -> Explained,
            /// Why there are no figures of what a service uses.
            pub usage_state: fn(UsageState) -> Explained,
            /// Steps of an operation.
            pub step: fn(StepName) -> &'static str,
            /// What an operation does.
            pub operation_kind: fn(OperationKind) -> &'static str,
            /// The same in a word.
            pub operation_word: fn(OperationKind) -> &'static str,
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
        try_again, try_now, reload, connection_lost, stream_failing, new_version, just_now, lasting, yes, no, actions, show_more,
        simulated
    }
    /// The frame around the pages.
    frame: FrameTexts {
        main_navigation, open_navigation, breadcrumbs, overview, marketplace, services, members, settings, workspaces,
        all_workspaces, switch_workspace, theme, theme_system, theme_light, theme_dark, account_menu, account,
        sign_out, sandbox, sandbox_help, people, operations
    }
    /// Sign-in.
    sign_in: SignInTexts {
        title, email, password, submit, wrong, help, sign_up
    }
    /// Making an account, by oneself or by an invitation.
    join: JoinTexts {
        sign_up_title, sign_up_lead, name, name_help, email, submit, closed, accepted_title, accepted, to_sign_in,
        have_account, invitation_title, invitation_lead, signed_in_as, welcome
    }
    /// The page of a link that resets a password.
    reset: ResetTexts {
        title, lead, submit, done
    }
    /// What stands where a link cannot be used.
    dead_link: DeadLinkTexts {
        title, invitation, reset
    }
    /// Changing the own password.
    password: PasswordTexts {
        title, why, section, ends_others, current, new, new_help, again, submit, changed
    }
    /// The account page.
    account: AccountTexts {
        title, profile, name, name_help, save, saved
    }
    /// The own sessions.
    sessions: SessionTexts {
        title, lead, this, browser, unknown, on, address, began, last_used, end, end_named, end_title, end_text,
        end_own_text, ended, end_others, end_others_title, end_others_text, none; ended_others
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
        title, lead, new, create, name, name_help, description, foreign, archived, preparing, created; services
    }
    /// What someone sees who has no workspace yet.
    first: FirstTexts {
        title, lead, step_1, step_1_text, step_2, step_2_text, step_3, step_3_text, form
    }
    /// A workspace's overview.
    overview: OverviewTexts {
        launch, all, archived, preparing, preparing_text, first_title, first_text, first_1, first_1_text, first_2,
        first_2_text, first_3, first_3_text; services, running, failing
    }
    /// A workspace's settings.
    settings: SettingsTexts {
        title, general, save, saved, facts, namespace, copy_namespace, created, conflict, take_theirs, keep_mine
    }
    /// The marketplace.
    market: MarketTexts {
        title, lead, search, categories, all, none, none_text, show_all, free, monthly, about, configure,
        documentation, category, app_version, chart_version, web, web_yes, web_no, cpu, memory, storage, secret_asked,
        secret_made, not_ready; found, cores
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
        title, lead, state, state_all, state_open, state_failed, kind, kind_all, details, none, none_text, none_fit,
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
        title, lead, name, status, address, version, created, none, none_text, none_text_others, search, state,
        state_all, none_fit, none_fit_text, show_all; found
    }
    /// The page of a service.
    service: ServiceTexts {
        tabs, tab_overview, tab_logs, tab_events, tab_activity, tab_settings, no_address, pods_ready,
        open, restart, restart_title, restart_text, restart_asked, restart_off, busy, now, volumes, no_volumes, asked_for, values,
        no_values, secret, about, app, chart, revision, port, created, release, copy_release, namespace,
        reference, address, copy_address, no_address_text, address_simulated, pods, no_pods, pod_ready,
        pod_not_ready, on_node, init, times, warning, no_events, no_events_text, no_activity, no_activity_text;
        restarts
    }
    /// What a service uses.
    usage: UsageTexts {
        title, cpu, memory, of_limit, no_limit, share, unmeasured, measured, chart, near_cpu, near_memory, by_pod, pod,
        simulated_help
    }
    /// Removing a service.
    delete: DeleteTexts {
        section, section_text, section_text_web, open, title, lost, lost_web, keep, keep_text, remove, remove_text,
        confirm, submit, submit_with_data, asked; volumes
    }
    /// Live logs.
    logs: LogTexts {
        pod, container, time, time_off, time_local, time_utc, time_relative, follow, wrap, previous, previous_none,
        pause, resume, search, search_label, search_close, searching, hit, hit_before, hit_after, no_hits, download,
        download_loaded, download_whole, download_begun, download_failed, empty, simulated_help, no_pods, no_pods_text,
        gap, reconnected, went_on, ended, cut, newest, state_opening, state_following, state_waiting, state_ended,
        state_previous, state_lost, state_failing; lines, hits, dropped, left_out, state_paused
    }
    /// The people of the platform, for Admins.
    people: PeopleTexts {
        title, lead, not_for_you, search, name, role, joined, you, none, none_text, change_role, change_role_of,
        role_title, role_help, role_own, role_lower, role_submit, role_changed, reset, reset_of, reset_title, reset_text,
        reset_submit, link_once, link_copy, reset_once, remove, remove_of, remove_title, remove_text,
        remove_own, remove_confirm, remove_submit, removed; found
    }
    /// Invitations, for Admins.
    invitations: InvitationTexts {
        invite, title, email, email_help, role, expires, days_1, days_7, days_30, submit, off, made_once,
        open_title, open_lead, none, by, until, revoke, revoke_of, revoke_title, revoke_text, revoked
    }
    /// How people get an account, for Admins.
    sign_up: SignUpTexts {
        title, lead, open, open_text, invitation, invitation_text, closed, closed_text, save, saved, conflict
    }
    /// Members of a workspace.
    members: MemberTexts {
        title, lead, search, none, none_text, name, role, since, you, owner, owner_text, admin, admin_text, user,
        user_text, guest, guest_text, add, add_title, add_submit, email, email_help, added, change, change_named,
        change_title, change_submit, changed, own_role, remove, remove_named, remove_title, remove_text, removed, leave,
        leave_text, leave_means, leave_submit, left, transfer, transfer_text, transfer_open, transfer_means, transfer_to,
        transfer_choose, transfer_to_help, transfer_nobody, transfer_submit, transferred; found
    }
    /// Staff who read in a workspace.
    support: SupportTexts {
        title, lead, none, open, over, since, until, ran_out, ended_by, end, end_named, ended, door, door_lead,
        door_unseen, seen, ask, ask_text, reason, reason_help, duration, submit, opened, reading, reads_only, end_own,
        is_member, is_open; hours
    }
    /// Pages and sentences for what went wrong.
    errors: ErrorTexts {
        not_found_title, not_found_text, offline_title, failed_title, to_workspaces, offline, unreadable,
        request_id, not_now, crash_title, crash_text
    }
}

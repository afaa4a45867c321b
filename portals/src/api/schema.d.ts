// Written by build/api-types.mjs from the OpenAPI document: change the service, then `make portal-types`.
export interface paths {
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["confirm_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/identity-providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_identity_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["answer_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["look_at_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["look_at_link"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/link/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_link_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/link/files/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_link_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/link/zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_link_zip"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["who_am_i"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_granted_applications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/applications/{application}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["take_back_grant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/email/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["confirm_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/email/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ask_for_email_confirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["open_own_files"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_identities"];
        put?: never;
        post: operations["link_identity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities/{identity_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["unlink_identity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["begin_second_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["confirm_second_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/second-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["make_recovery_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/second-factor/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["remove_second_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete: operations["end_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/ways-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_ways_in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oai": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["harvest_packages"];
        put?: never;
        post: operations["harvest_packages_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_service_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_service_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_service_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retry_service_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/jobs/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["count_service_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/jobs/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retry_service_jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_service_organisations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/revenue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_revenue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_organisation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["rename_organisation"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/agents/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["report_agent"];
        post?: never;
        delete: operations["forget_agent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/agents/{name}/coming": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["announce_frames"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_applications"];
        put?: never;
        post: operations["add_application"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/applications/{application}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["remove_application"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/applications/{application}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replace_application_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_assignments"];
        put?: never;
        post: operations["add_assignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/assignments/{assignment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_assignment"];
        put?: never;
        post?: never;
        delete: operations["remove_assignment"];
        options?: never;
        head?: never;
        patch: operations["change_assignment"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_audit_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["export_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/bill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_bill"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["close_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/coming": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_coming_frames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/coming/{frame_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_coming_preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/contents/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["check_contents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datacite-account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_datacite_account"];
        put: operations["set_datacite_account"];
        post?: never;
        delete: operations["remove_datacite_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_datasets"];
        put?: never;
        post: operations["add_dataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_dataset"];
        put?: never;
        post?: never;
        delete: operations["remove_dataset"];
        options?: never;
        head?: never;
        patch: operations["change_dataset"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["close_dataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_dataset_downloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_dataset_files"];
        put?: never;
        post: operations["add_dataset_files"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/files/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["remove_dataset_files"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/recall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recall_dataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reopen_dataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_shares"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/shares/{team}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["share_dataset"];
        post?: never;
        delete: operations["end_share"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/datasets/{dataset}/tiers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_dataset_tiers"];
        put: operations["set_dataset_tiers"];
        post?: never;
        delete: operations["remove_dataset_tiers"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/embargo-reminders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_embargo_reminders"];
        put: operations["set_embargo_reminders"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/embargoes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_embargoes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/embargoes/{target}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_embargo"];
        post?: never;
        delete: operations["remove_embargo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/embargoes/upcoming": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_upcoming_lifts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["follow_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_file"];
        put?: never;
        post?: never;
        delete: operations["delete_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/files/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/files/{file_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["restore_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/files/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["read_file_addresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_frames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_frame"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["judge_frame"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/calibrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_calibrations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_hdus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/columns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_hdu_columns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/curve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_hdu_curve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_hdu_objects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/pixels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_pixels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_hdu_rows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/sky": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_hdu_sky"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/tiles/{zoom}/{x}/{y}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_hdu_values"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/header": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_header"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/{frame_id}/preview/{size}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/frames/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["count_facets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/ingests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ingest_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/instruments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_instruments"];
        put?: never;
        post: operations["add_instrument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/instruments/{instrument}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_instrument"];
        put?: never;
        post?: never;
        delete: operations["remove_instrument"];
        options?: never;
        head?: never;
        patch: operations["change_instrument"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/instruments/{instrument}/mapping-trial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["try_header_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_links"];
        put?: never;
        post: operations["add_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revoke_link"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/log-entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["search_log_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/members/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_member"];
        post?: never;
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/nights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_nights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_packages"];
        put?: never;
        post: operations["add_package"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_package"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_package_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["change_package_draft"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}/versions/{version}/doi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_package_doi"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}/versions/{version}/downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_package_downloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}/versions/{version}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["publish_package"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/packages/{package}/versions/{version}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["withdraw_package"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_payment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/payment/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancel_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/payment/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["open_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/payment/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_payment_invoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/payment/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["change_payment_plan"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/payment/portal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["open_payment_portal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/portal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_portal"];
        put: operations["set_portal"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/portal/host": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_portal_host"];
        post?: never;
        delete: operations["remove_portal_host"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/portal/host/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["prove_portal_host"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/portal/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_portal_logo"];
        post?: never;
        delete: operations["remove_portal_logo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reopen_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_sites"];
        put?: never;
        post: operations["add_site"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/sites/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_site"];
        put?: never;
        post?: never;
        delete: operations["remove_site"];
        options?: never;
        head?: never;
        patch: operations["change_site"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_team"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_telescopes"];
        put?: never;
        post: operations["add_telescope"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_telescope"];
        put?: never;
        post?: never;
        delete: operations["remove_telescope"];
        options?: never;
        head?: never;
        patch: operations["change_telescope"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_night_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_night_log_markdown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_night_log_pdf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_log_entries"];
        put?: never;
        post: operations["add_log_entry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log/entries/{entry_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["edit_log_entry"];
        post?: never;
        delete: operations["delete_log_entry"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log/entries/{entry_id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_log_entry_revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reopen_night_log"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sign_night_log"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["start_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_upload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/uploads/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["complete_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/uploads/{upload_id}/files/{position}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sign_parts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/usage/estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["estimate_costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_webhooks"];
        put?: never;
        post: operations["add_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        delete: operations["remove_webhook"];
        options?: never;
        head?: never;
        patch: operations["change_webhook"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["redeliver_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/webhooks/{webhook_id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ping_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation}/webhooks/{webhook_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_published_package"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_package_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_published_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/citation/bibtex": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_citation_bibtex"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/citation/csl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_citation_csl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/citation/datacite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_citation_datacite"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/citation/ris": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_citation_ris"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/citation/schema-org": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_citation_schema_org"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/citation/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_citation_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_published_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_published_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_published_manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_landing_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{organisation}/{package}/versions/{version}/zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_published_zip"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head: operations["head_published_zip"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ask_for_password_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-resets/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["resolve_name"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_satellites"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/{satellite}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_satellite"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/{satellite}/track": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_satellite_track"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/catalogue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_catalogue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/catalogue/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["import_element_sets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/crossings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_crossings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/crossings.vot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_crossings_votable"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/passes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_passes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/satellites/passes.vot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["find_passes_votable"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_session"];
        put?: never;
        post: operations["sign_in"];
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sign_in_second_step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_teams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team"];
        put?: never;
        post?: never;
        delete: operations["remove_team"];
        options?: never;
        head?: never;
        patch: operations["rename_team"];
        trace?: never;
    };
    "/api/v1/teams/{team}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_datasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_file_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files/{file_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["restore_team_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files/{file_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_file_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["move_team_files"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/files/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["trash_team_files"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_invitations"];
        put?: never;
        post: operations["add_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/members/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_team_role"];
        post?: never;
        delete: operations["remove_team_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_storage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_trash"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/trash/empty": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["empty_team_trash"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/trash/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["restore_team_folder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["start_team_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_upload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/uploads/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["complete_team_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team}/uploads/{upload_id}/files/{position}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sign_team_parts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_tokens"];
        put?: never;
        post: operations["make_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tonight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tonight"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_tree"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tree/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["read_tree_addresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tree/beginnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["read_tree_beginnings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tree/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["read_tree_entries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Account */
        Account: {
            email: string;
            /** Format: uuid */
            id: string;
            /** @default false */
            is_operator?: boolean;
            name: string;
            organisations?: components["schemas"]["Membership"][];
            own_files?: string | null;
        };
        /** AccountCode */
        AccountCode: {
            code: string;
            password: string;
        };
        /** Activity */
        Activity: {
            actor: string;
            /** Format: date-time */
            at: string;
            details: {
                [key: string]: unknown;
            };
            id: number;
            kind: string;
        };
        /** AddedFile */
        AddedFile: {
            /** Format: uuid */
            file: string;
            path: string | null;
            problem?: components["schemas"]["Problem"] | null;
            /** @enum {string} */
            state: "added" | "present" | "conflict" | "failed";
        };
        /** AddedFiles */
        AddedFiles: {
            files: components["schemas"]["AddedFile"][];
        };
        /** Affiliation */
        Affiliation: {
            /** @example Uraniborg */
            name: string;
            /** @example https://ror.org/04wxnsj81 */
            ror?: string | null;
        };
        /** Agent */
        Agent: {
            breaks_every_s?: number | null;
            clock_offset_s: number;
            failed_files: number;
            folders: components["schemas"]["AgentFolder"][];
            host: string;
            last_error: string;
            last_file: string | null;
            last_file_at: string | null;
            name: string;
            once: boolean;
            /** @default 0 */
            rate_bytes_per_s?: number;
            /** Format: date-time */
            seen_at: string;
            silent_since: string | null;
            state: string;
            telescope: string | null;
            version: string;
            waiting_bytes: number;
            waiting_files: number;
        };
        /** AgentFolder */
        AgentFolder: {
            /** @default 0 */
            failed_files?: number;
            /** @default true */
            is_there?: boolean;
            path: string;
            /** @default 0 */
            stored_files?: number;
            /** @default 0 */
            waiting_files?: number;
        };
        /** AgentReply */
        AgentReply: {
            clock_offset_s: number;
        };
        /** AgentReport */
        AgentReport: {
            breaks_every_s?: number | null;
            /** @default 0 */
            failed_files?: number;
            folders?: components["schemas"]["AgentFolder"][];
            host: string;
            /** @default  */
            last_error?: string;
            last_file?: string | null;
            last_file_at?: string | null;
            /** @default false */
            once?: boolean;
            /** @default 0 */
            rate_bytes_per_s?: number;
            /** Format: date-time */
            sent_at: string;
            /**
             * @default idle
             * @enum {string}
             */
            state?: "looking" | "idle" | "sending" | "waiting" | "stopped";
            telescope?: string | null;
            /** @default  */
            version?: string;
            /** @default 0 */
            waiting_bytes?: number;
            /** @default 0 */
            waiting_files?: number;
        };
        /** AnnouncedFrame */
        AnnouncedFrame: {
            date_obs?: string | null;
            exposure_s?: number | null;
            filter?: string | null;
            object?: string | null;
            /** @example light/M31/M31_R_001.fits */
            path: string;
            preview?: string | null;
            size_bytes: number;
        };
        /** Announcement */
        Announcement: {
            arrived?: string[];
            frames?: components["schemas"]["AnnouncedFrame"][];
        };
        /** Answering */
        Answering: {
            answer_ms: number;
            answers: boolean;
            /** @default  */
            says?: string;
        };
        /** Application */
        Application: {
            client_id: string;
            confidential: boolean;
            /** Format: date-time */
            created_at: string;
            name: string;
            redirect_uris: string[];
            scopes: string[];
        };
        /** ApplicationWithSecret */
        ApplicationWithSecret: {
            client_id: string;
            client_secret: string | null;
            confidential: boolean;
            /** Format: date-time */
            created_at: string;
            name: string;
            redirect_uris: string[];
            scopes: string[];
        };
        /** Assignment */
        Assignment: {
            /** Format: date-time */
            control_from: string;
            control_until: string | null;
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: date */
            first_night: string;
            /** Format: uuid */
            id: string;
            last_night: string | null;
            name: string;
            telescope: string;
        };
        /** AssignmentChange */
        AssignmentChange: {
            last_night?: string | null;
        };
        /** AuditActor */
        AuditActor: {
            account?: string | null;
            address?: string | null;
            kind: string;
            name: string;
            token?: string | null;
        };
        /** AuditEntry */
        AuditEntry: {
            action: string;
            actor: components["schemas"]["AuditActor"];
            /** Format: date-time */
            at: string;
            details: {
                [key: string]: unknown;
            };
            hash: string;
            previous: string;
            sequence: number;
            target: string;
        };
        /** Author */
        Author: {
            email: string;
            name: string;
        };
        /** AxisName */
        AxisName: {
            name: string;
            unit: string;
        };
        /** BillLine */
        BillLine: {
            free: string;
            kind: string;
            plan: string;
            price: components["schemas"]["Price"];
            text: string;
            tier: string;
            unit_price: string;
            used: string;
            version: number;
        };
        /** Calibration */
        Calibration: {
            frame: components["schemas"]["Frame"];
            hours_apart: number | null;
            not_compared: string[];
            warmer_c: number | null;
        };
        /** Calibrations */
        Calibrations: {
            kinds: components["schemas"]["KindOfCalibration"][];
        };
        /** CatalogueImport */
        CatalogueImport: {
            added: number;
            /** Format: date-time */
            imported_at: string;
            known: number;
            problem_count: number;
            problems: components["schemas"]["ElementProblem"][];
            sets: number;
            source: string;
            stale: number;
        };
        /** CatalogueImports */
        CatalogueImports: {
            imports: components["schemas"]["CatalogueImport"][];
        };
        /** CatalogueStatus */
        CatalogueStatus: {
            last_import: components["schemas"]["CatalogueImport"] | null;
            newest_epoch: string | null;
            satellites: number;
            says: string;
            schedule: components["schemas"]["Schedule"] | null;
            /** @enum {string} */
            state: "empty" | "old" | "fresh";
        };
        /** Changed */
        Changed: {
            files: number;
        };
        /** Closing */
        Closing: {
            confirm: string;
        };
        /** ColumnList */
        ColumnList: {
            has_plot: boolean;
            items: components["schemas"]["TableColumnFacts"][];
            plot_x: number | null;
            plot_y: number | null;
            rows: number;
        };
        /** ComingFrame */
        ComingFrame: {
            agent: string;
            /** Format: date-time */
            announced_at: string;
            date_obs?: string | null;
            exposure_s?: number | null;
            filter?: string | null;
            /** Format: uuid */
            id: string;
            object?: string | null;
            path: string;
            preview: string | null;
            size_bytes: number;
        };
        /** Completed */
        Completed: {
            files: components["schemas"]["UploadFile"][];
            job?: string | null;
        };
        /** CompletedFile */
        CompletedFile: {
            position: number;
            sha256?: string | null;
        };
        /** Completion */
        Completion: {
            files: components["schemas"]["CompletedFile"][];
        };
        /** Confirmation */
        Confirmation: {
            /** @example 1a2b-3c4d-5e6f-7g8h */
            code: string;
        };
        /** ContentCheck */
        ContentCheck: {
            contents: components["schemas"]["ContentToCheck"][];
        };
        /** ContentToCheck */
        ContentToCheck: {
            sha256: string;
            size_bytes: number;
        };
        /** Contributor */
        Contributor: {
            affiliations?: components["schemas"]["Affiliation"][];
            /** @enum {null|string} */
            contributor_type?: "ContactPerson" | "DataCollector" | "DataCurator" | "DataManager" | "Distributor" | "Editor" | "HostingInstitution" | "Producer" | "ProjectLeader" | "ProjectManager" | "ProjectMember" | "RegistrationAgency" | "RegistrationAuthority" | "RelatedPerson" | "Researcher" | "ResearchGroup" | "RightsHolder" | "Sponsor" | "Supervisor" | "WorkPackageLeader" | "Other" | null;
            /** @example Brahe */
            family_name?: string | null;
            /** @example Tycho */
            given_name?: string | null;
            /**
             * @default person
             * @enum {string}
             */
            kind?: "person" | "organisation";
            /** @example Tycho Brahe */
            name: string;
            /** @example 0000-0002-1825-0097 */
            orcid?: string | null;
            /** @example observer */
            role?: string | null;
            /** @example https://ror.org/04wxnsj81 */
            ror?: string | null;
        };
        /** Crossing */
        Crossing: {
            altitude_deg: number;
            azimuth_deg: number;
            /** Format: date-time */
            closest_at: string;
            closest_deg: number;
            /** @enum {string} */
            convention: "geometric" | "astrometric";
            designator: string;
            direction_deg: number;
            elements_age_days: number;
            enters_before: boolean;
            /** Format: date-time */
            entry_at: string;
            /** Format: date-time */
            exit_at: string;
            leaves_after: boolean;
            magnitude: number | null;
            magnitude_source: string;
            name: string;
            norad_id: number;
            offset_s: number;
            path_deg: number[][];
            path_s: number[];
            phase_angle_deg: number;
            range_km: number;
            rate_deg_s: number;
            /** @enum {string} */
            status: "certain" | "possible";
            sunlit_fraction: number;
            timing_sigma_s: number;
        };
        /** Culmination */
        Culmination: {
            altitude_deg: number;
            /** Format: date-time */
            at: string;
            azimuth_deg: number;
        };
        /** DatabaseHealth */
        DatabaseHealth: {
            answer_ms: number;
            answers: boolean;
            revision: string;
            /** @default  */
            says?: string;
            size_bytes: number;
        };
        /** DataCiteAccount */
        DataCiteAccount: {
            /** Format: date-time */
            changed_at: string;
            prefix: string;
            repository_id: string;
            /** @enum {string} */
            service: "production" | "test";
        };
        /** Dataset */
        Dataset: {
            /** Format: date-time */
            created_at: string;
            description: string;
            file_count: number;
            name: string;
            rule: components["schemas"]["DatasetRule"] | null;
            size_bytes: number;
            slug: string;
            /** @enum {string} */
            state: "open" | "closed";
        };
        /** DatasetChange */
        DatasetChange: {
            description?: string;
            /** @example 2026-11-20 M31 */
            name?: string;
            rule?: components["schemas"]["DatasetRule"] | null;
        };
        /** DatasetDay */
        DatasetDay: {
            /** Format: date */
            day: string;
            files: number;
            size_bytes: number;
        };
        /** DatasetDownload */
        DatasetDownload: {
            /** Format: date */
            day: string;
            files: number;
            /** Format: date-time */
            last_at: string;
            size_bytes: number;
            who: string;
        };
        /** DatasetDownloads */
        DatasetDownloads: {
            days: components["schemas"]["DatasetDay"][];
            items: components["schemas"]["DatasetDownload"][];
            next_cursor: string | null;
        };
        /** DatasetFile */
        DatasetFile: {
            /** Format: date-time */
            added_at: string;
            /** Format: uuid */
            file: string;
            media_type: string;
            path: string;
            sha256: string;
            size_bytes: number;
            state: string;
        };
        /** DatasetRule */
        DatasetRule: {
            filter?: string | null;
            /** @enum {null|string} */
            frame_type?: "bias" | "dark" | "flat" | "light" | "arc" | "focus" | "sky" | "other" | null;
            night?: string | null;
            object?: string | null;
            telescope?: string | null;
        };
        /** DatasetTiers */
        DatasetTiers: {
            available: string[];
            moves: components["schemas"]["TierMove"][];
            policy: components["schemas"]["TierPolicy"] | null;
            stored_bytes: {
                [key: string]: number;
            };
        };
        /** Disk */
        Disk: {
            free_bytes: number;
            holds: string;
            total_bytes: number;
        };
        /** Doi */
        Doi: {
            doi: string;
            error: string | null;
            /** @enum {string} */
            state: "none" | "draft" | "registered" | "findable";
            /** @enum {string} */
            wanted: "draft" | "registered" | "findable";
        };
        /** DownloadDay */
        DownloadDay: {
            archives: number;
            /** Format: date */
            day: string;
            files: number;
            size_bytes: number;
        };
        /** Downloads */
        Downloads: {
            days: components["schemas"]["DownloadDay"][];
            items: components["schemas"]["Receipt"][];
            next_cursor: string | null;
        };
        /** ElementFile */
        ElementFile: {
            name: string;
            text: string;
        };
        /** ElementFiles */
        ElementFiles: {
            files: components["schemas"]["ElementFile"][];
        };
        /** ElementProblem */
        ElementProblem: {
            code: string;
            detail: string;
            line: number;
            source: string;
        };
        /** Embargo */
        Embargo: {
            /** @enum {string} */
            calibrations: "held" | "public";
            days: number | null;
            /** Format: uuid */
            id: string;
            name: string;
            reason: string;
            /** Format: date-time */
            set_at: string;
            set_by: string;
            /** @enum {string} */
            target: "organisation" | "instrument" | "dataset" | "file";
            until: string | null;
        };
        /** EmbargoReminders */
        EmbargoReminders: {
            days: number[];
        };
        /** Estimate */
        Estimate: {
            asked_bytes?: number | null;
            asked_price?: components["schemas"]["Price"] | null;
            each_month: components["schemas"]["Price"];
            last_month: components["schemas"]["Price"][];
            left_bytes: number | null;
            month: string;
            plan: string;
            present_price?: components["schemas"]["Price"] | null;
            stored_bytes: number;
            this_month: components["schemas"]["Price"][];
            version: number;
        };
        /** Facets */
        Facets: {
            facets: {
                [key: string]: components["schemas"]["FacetValue"][];
            };
        };
        /** FacetValue */
        FacetValue: {
            count: number;
            value: string | null;
        };
        /** FactorCode */
        FactorCode: {
            /** @example 287082 */
            code: string;
        };
        /** FactTried */
        FactTried: {
            changes: boolean;
            fact: string;
            present: string | number | null;
            present_source: string | null;
            source: string | null;
            value: string | number | null;
        };
        /** FieldCrossings */
        FieldCrossings: {
            /** @enum {string} */
            convention: "geometric" | "astrometric";
            count: number;
            crossings: components["schemas"]["Crossing"][];
            exposure_s: number;
            field: components["schemas"]["ToldField"];
            place: components["schemas"]["ObservingPlace"];
            set_aside: components["schemas"]["SetAside"][];
            set_aside_count: number;
            /** Format: date-time */
            start: string;
        };
        /** File */
        File: {
            /** Format: date-time */
            created_at: string;
            deleted_at: string | null;
            embargo_until?: string | null;
            frame: string | null;
            host: string | null;
            /** Format: uuid */
            id: string;
            instrument: string | null;
            media_type: string;
            path: string;
            problems: components["schemas"]["Problem"][];
            sha256: string;
            size_bytes: number;
            state: string;
            supersedes: string | null;
            telescope: string | null;
            uploaded_by: string | null;
        };
        /** FileAddress */
        FileAddress: {
            crc32c?: string | null;
            /** Format: uuid */
            file: string;
            path?: string | null;
            problem?: components["schemas"]["Problem"] | null;
            sha256?: string | null;
            size_bytes?: number | null;
            url?: string | null;
        };
        /** FileAddresses */
        FileAddresses: {
            addresses: components["schemas"]["FileAddress"][];
            /** Format: date-time */
            expires_at: string;
        };
        /** FilesToAdd */
        FilesToAdd: {
            files: components["schemas"]["FileToAdd"][];
        };
        /** FilesToRemove */
        FilesToRemove: {
            paths: string[];
        };
        /** FilesWanted */
        FilesWanted: {
            files: string[];
        };
        /** FileToAdd */
        FileToAdd: {
            /** Format: uuid */
            file: string;
            /** @example light/M31/M31_R_001.fits */
            path?: string | null;
        };
        /** FileToSend */
        FileToSend: {
            crc32?: string | null;
            crc32c?: string | null;
            likeness?: string | null;
            /** @example light/M31/M31_R_001.fits */
            path: string;
            sha256?: string | null;
            size_bytes: number;
        };
        /** FileToTrash */
        FileToTrash: {
            expected_version?: number | null;
            /** @example 2026/notes.txt */
            path: string;
        };
        /** FilterTally */
        FilterTally: {
            exposure_s: number;
            filter: string | null;
            frames: number;
        };
        /** FolderToRestore */
        FolderToRestore: {
            /** @example 2026/notes.txt */
            path: string;
        };
        /** Frame */
        Frame: {
            airmass: number | null;
            binning_x: number | null;
            binning_y: number | null;
            center_dec_deg: number | null;
            center_ra_deg: number | null;
            /** Format: date-time */
            created_at: string;
            crossings: number | null;
            dec_deg: number | null;
            detector_temperature_c: number | null;
            exposure_s: number | null;
            /** Format: uuid */
            file: string;
            filter: string | null;
            format: string;
            frame_type: string | null;
            gain: number | null;
            hdu_count: number;
            height_px: number | null;
            /** Format: uuid */
            id: string;
            instrument: string | null;
            instrument_name: string | null;
            mid_at: string | null;
            night: string | null;
            object: string | null;
            observer: string | null;
            path: string;
            pixel_scale_arcsec: number | null;
            preview: string;
            problems: components["schemas"]["Problem"][];
            quality: string;
            ra_deg: number | null;
            radius_deg: number | null;
            sha256: string;
            size_bytes: number;
            start_at: string | null;
            telescope: string | null;
            telescope_name: string | null;
            width_px: number | null;
        };
        /** FrameCrossing */
        FrameCrossing: {
            altitude_deg: number;
            azimuth_deg: number;
            /** Format: date-time */
            closest_at: string;
            closest_deg: number;
            /** @enum {string} */
            convention: "geometric" | "astrometric";
            designator: string;
            direction_deg: number;
            elements_age_days: number;
            enters_before: boolean;
            /** Format: date-time */
            entry_at: string;
            /** Format: date-time */
            exit_at: string;
            leaves_after: boolean;
            magnitude: number | null;
            magnitude_source: string;
            name: string;
            norad_id: number;
            offset_s: number;
            path_deg: number[][];
            path_s: number[];
            phase_angle_deg: number;
            pixel_paths: components["schemas"]["PixelPath"][];
            range_km: number;
            rate_deg_s: number;
            /** @enum {string} */
            status: "certain" | "possible";
            sunlit_fraction: number;
            timing_sigma_s: number;
        };
        /** FrameDetail */
        FrameDetail: {
            airmass: number | null;
            binning_x: number | null;
            binning_y: number | null;
            center_dec_deg: number | null;
            center_ra_deg: number | null;
            /** Format: date-time */
            created_at: string;
            crossed_by: components["schemas"]["FrameCrossing"][];
            crossings: number | null;
            crossings_at: string | null;
            dec_deg: number | null;
            detector_temperature_c: number | null;
            exposure_s: number | null;
            /** Format: uuid */
            file: string;
            filter: string | null;
            footprints: {
                [key: string]: unknown;
            }[];
            format: string;
            frame_type: string | null;
            gain: number | null;
            hdu_count: number;
            header: {
                [key: string]: unknown;
            };
            height_px: number | null;
            /** Format: uuid */
            id: string;
            instrument: string | null;
            instrument_name: string | null;
            mid_at: string | null;
            night: string | null;
            object: string | null;
            observer: string | null;
            path: string;
            paths: string[];
            pixel_scale_arcsec: number | null;
            preview: string;
            problems: components["schemas"]["Problem"][];
            quality: string;
            quality_note: string | null;
            ra_deg: number | null;
            radius_deg: number | null;
            sha256: string;
            size_bytes: number;
            sources: {
                [key: string]: string;
            };
            start_at: string | null;
            telescope: string | null;
            telescope_name: string | null;
            width_px: number | null;
        };
        /** FramePage */
        FramePage: {
            count?: number | null;
            count_is_exact?: boolean | null;
            items: components["schemas"]["Frame"][];
            next_cursor?: string | null;
        };
        /** Funding */
        Funding: {
            award_number?: string | null;
            award_title?: string | null;
            award_url?: string | null;
            /** @example Danmarks Frie Forskningsfond */
            funder: string;
            funder_id?: string | null;
            /** @enum {null|string} */
            funder_id_type?: "ROR" | "Crossref Funder ID" | "ISNI" | "GRID" | "Other" | null;
        };
        /** GrantedApplication */
        GrantedApplication: {
            client_id: string;
            /** Format: date-time */
            expires_at: string;
            name: string;
            scopes: string[];
            /** Format: date-time */
            since: string;
        };
        /** Hdu */
        Hdu: {
            has_curve: boolean;
            height_px: number | null;
            index: number;
            kind: string;
            name: string;
            plane_axis: components["schemas"]["PlaneAxis"] | null;
            planes: number | null;
            shape: number[];
            tiles: components["schemas"]["TilesOfHdu"] | null;
            unit: string | null;
            width_px: number | null;
        };
        /** HduCurve */
        HduCurve: {
            is_whole: boolean;
            kind: string;
            points: number;
            time: components["schemas"]["TimeAxis"] | null;
            x: number[];
            x_axis: components["schemas"]["AxisName"];
            y: number[];
            y_axis: components["schemas"]["AxisName"];
        };
        /** HduList */
        HduList: {
            items: components["schemas"]["Hdu"][];
        };
        /** HduObjects */
        HduObjects: {
            count: number;
            items: components["schemas"]["ObjectPlace"][];
        };
        /** HduRows */
        HduRows: {
            columns: number[];
            first: number;
            rows: (boolean | number | string | components["schemas"]["LongValue"] | null)[][];
            total: number;
        };
        /** HduSky */
        HduSky: {
            dec_deg: (number | null)[][];
            is_approximate: boolean;
            ra_deg: (number | null)[][];
            x: number[];
            y: number[];
        };
        /** HduValues */
        HduValues: {
            defined_pixels: number;
            histogram: components["schemas"]["Histogram"] | null;
            limits: {
                [key: string]: number[];
            };
            sampled_pixels: number;
        };
        /** HeaderCards */
        HeaderCards: {
            units: {
                [key: string]: unknown;
            }[];
        };
        /** HeaderMapping */
        HeaderMapping: {
            keywords?: {
                [key: string]: string[];
            };
            /** @default 0 */
            time_offset_s?: number;
            /** @default true */
            use_translator?: boolean;
            values?: {
                [key: string]: {
                    [key: string]: string;
                };
            };
        };
        /** HeldContents */
        HeldContents: {
            held: string[];
        };
        /** Histogram */
        Histogram: {
            counts: number[];
            first: number;
            last: number;
        };
        /** IngestAgain */
        IngestAgain: {
            files?: string[] | null;
            instrument?: string | null;
            telescope?: string | null;
        };
        /** IngestBegun */
        IngestBegun: {
            files: number;
            job: string | null;
        };
        /** Instrument */
        Instrument: {
            /** Format: date-time */
            created_at: string;
            filters: string[];
            header_mapping: components["schemas"]["HeaderMapping"];
            height_px: number | null;
            name: string;
            pixel_scale_arcsec: number | null;
            slug: string;
            telescope: string;
            width_px: number | null;
        };
        /** InstrumentChange */
        InstrumentChange: {
            filters?: string[];
            header_mapping?: components["schemas"]["HeaderMapping"];
            height_px?: number | null;
            name?: string;
            pixel_scale_arcsec?: number | null;
            width_px?: number | null;
        };
        /** Invitation */
        Invitation: {
            answer?: string | null;
            answered_at?: string | null;
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            invited_by: string;
            role: string;
            team: string;
            team_name: string;
        };
        /** InvitationAnswer */
        InvitationAnswer: {
            /** @enum {string} */
            answer: "accepted" | "declined";
            secret: string;
        };
        /** InvitationSecret */
        InvitationSecret: {
            secret: string;
        };
        /** Invoice */
        Invoice: {
            /** Format: date-time */
            created_at: string;
            id: string;
            number: string;
            status: string;
            tax: components["schemas"]["Price"];
            total: components["schemas"]["Price"];
            url: string;
        };
        /** Job */
        Job: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            done: number;
            error: string | null;
            failed: number;
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            kind: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "dead";
            total: number;
        };
        /** JobCount */
        JobCount: {
            count: number;
            kind: string;
            /** Format: date-time */
            oldest_at: string;
            state: string;
        };
        /** JobCounts */
        JobCounts: {
            counts: components["schemas"]["JobCount"][];
        };
        /** Judgement */
        Judgement: {
            note?: string | null;
            /** @enum {string} */
            quality: "unchecked" | "good" | "doubtful" | "bad";
        };
        /** KindOfCalibration */
        KindOfCalibration: {
            /** @enum {string} */
            frame_type: "bias" | "dark" | "flat" | "light" | "arc" | "focus" | "sky" | "other";
            items: components["schemas"]["Calibration"][];
            missing: string[];
        };
        /** KindToRetry */
        KindToRetry: {
            kind: string;
            organisation?: string | null;
        };
        /** LeftOut */
        LeftOut: {
            files: number;
            until: string | null;
        };
        /** Licence */
        Licence: {
            id: string;
            name: string;
            url: string;
        };
        /** Link */
        Link: {
            anonymous: boolean;
            /** Format: date-time */
            created_at: string;
            dataset: string | null;
            downloads: number;
            downloads_allowed: number | null;
            embargoed: boolean;
            expires_at: string | null;
            folder: string | null;
            has_password: boolean;
            hint: string;
            /** Format: uuid */
            id: string;
            last_used_at: string | null;
            made_by: string;
            name: string;
            package: string | null;
            revoked_at: string | null;
            /** @enum {string} */
            state: "works" | "revoked" | "expired" | "used up";
            version: number | null;
        };
        /** LinkedIdentity */
        LinkedIdentity: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            label: string;
            last_used_at: string | null;
            provider: string;
        };
        /** LinkFile */
        LinkFile: {
            /** Format: uuid */
            id: string;
            media_type: string;
            path: string;
            sha256: string;
            size_bytes: number;
        };
        /** LinkView */
        LinkView: {
            archive: string;
            dataset: string | null;
            downloads_left: number | null;
            expires_at: string | null;
            file_count: number;
            folder: string | null;
            left_out: components["schemas"]["LeftOut"];
            name: string;
            organisation: string | null;
            package: components["schemas"]["ShownPackage"] | null;
            size_bytes: number;
        };
        /** LinkWithSecret */
        LinkWithSecret: {
            anonymous: boolean;
            /** Format: date-time */
            created_at: string;
            dataset: string | null;
            downloads: number;
            downloads_allowed: number | null;
            embargoed: boolean;
            expires_at: string | null;
            folder: string | null;
            has_password: boolean;
            hint: string;
            /** Format: uuid */
            id: string;
            last_used_at: string | null;
            made_by: string;
            name: string;
            package: string | null;
            revoked_at: string | null;
            secret: string;
            /** @enum {string} */
            state: "works" | "revoked" | "expired" | "used up";
            url: string;
            version: number | null;
        };
        /** LogEntry */
        LogEntry: {
            attachments: string[];
            author: components["schemas"]["Author"];
            category: string;
            /** Format: date-time */
            created_at: string;
            deleted: boolean;
            frames: string[];
            /** Format: uuid */
            id: string;
            level: string;
            /** Format: date */
            night: string;
            /** Format: date-time */
            occurred_at: string;
            /** Format: date-time */
            revised_at: string;
            revised_by: components["schemas"]["Author"];
            revision: number;
            tags: string[];
            telescope: string;
            text: string;
            time_lost_kind: string | null;
            time_lost_s: number;
        };
        /** LogEntryEdit */
        LogEntryEdit: {
            attachments?: string[];
            /**
             * @default observing
             * @enum {string}
             */
            category?: "observing" | "weather" | "fault" | "calibration" | "maintenance" | "safety" | "administration" | "other";
            frames?: string[];
            /**
             * @default info
             * @enum {string}
             */
            level?: "info" | "warning" | "problem";
            occurred_at?: string | null;
            revision: number;
            tags?: string[];
            /** @example Clouds from 22:10. */
            text: string;
            /** @enum {null|string} */
            time_lost_kind?: "weather" | "fault" | "other" | null;
            /** @default 0 */
            time_lost_s?: number;
        };
        /** Login */
        Login: {
            /** @example tycho@hven.example */
            email: string;
            password: string;
        };
        /** LongValue */
        LongValue: {
            first: (boolean | number | string | null)[];
            size: number;
        };
        /** MailState */
        MailState: {
            given_up: number;
            oldest_at: string | null;
            waiting: number;
        };
        /** MappingTrial */
        MappingTrial: {
            facts: components["schemas"]["FactTried"][];
            /** Format: uuid */
            frame: string;
            path: string;
            problems: components["schemas"]["Problem"][];
        };
        /** Member */
        Member: {
            email: string;
            name: string;
            role: string;
            since?: string | null;
        };
        /** Membership */
        Membership: {
            name: string;
            organisation: string;
            role: string;
        };
        /** MonthBill */
        MonthBill: {
            /** Format: date-time */
            begin: string;
            closed: boolean;
            /** Format: date-time */
            end: string;
            lines: components["schemas"]["BillLine"][];
            month: string;
            totals: components["schemas"]["Price"][];
        };
        /** Move */
        Move: {
            expected_version?: number | null;
            /** @example 2026/notes.txt */
            path: string;
            /** @example 2026/notes.txt */
            to: string;
        };
        /** NewAccount */
        NewAccount: {
            /** @example tycho@hven.example */
            email: string;
            /** @example Tycho Brahe */
            name: string;
            password: string;
        };
        /** NewApplication */
        NewApplication: {
            /** @default true */
            confidential?: boolean;
            /** @example JupyterHub of Hven */
            name: string;
            redirect_uris?: string[];
            scopes?: string[];
        };
        /** NewAssignment */
        NewAssignment: {
            /** @example sophie@hven.example */
            email: string;
            /**
             * Format: date
             * @example 2026-11-20
             */
            first_night: string;
            /** @example 2026-11-24 */
            last_night?: string | null;
            /** @example quadrant */
            telescope: string;
        };
        /** NewDataCiteAccount */
        NewDataCiteAccount: {
            password?: string | null;
            /** @example 10.5072 */
            prefix: string;
            /** @example UOXF.BODLEIAN */
            repository_id: string;
            /**
             * @default production
             * @enum {string}
             */
            service?: "production" | "test";
        };
        /** NewDataset */
        NewDataset: {
            /** @default  */
            description?: string;
            /** @example 2026-11-20 M31 */
            name: string;
            rule?: components["schemas"]["DatasetRule"] | null;
            slug?: string | null;
        };
        /** NewEmbargo */
        NewEmbargo: {
            /**
             * @default held
             * @enum {string}
             */
            calibrations?: "held" | "public";
            days?: number | null;
            /**
             * @default
             * @example Proprietary period of the proposal 2026B-017.
             */
            reason?: string;
            until?: string | null;
        };
        /** NewInstrument */
        NewInstrument: {
            filters?: string[];
            header_mapping?: components["schemas"]["HeaderMapping"];
            height_px?: number | null;
            name: string;
            pixel_scale_arcsec?: number | null;
            slug?: string | null;
            telescope: string;
            width_px?: number | null;
        };
        /** NewInvitation */
        NewInvitation: {
            /** @example sophie@stjerneborg.example */
            email: string;
            /**
             * @default viewer
             * @enum {string}
             */
            role?: "manager" | "editor" | "viewer";
        };
        /** NewLink */
        NewLink: {
            /** @default false */
            anonymous?: boolean;
            dataset?: string | null;
            /** @default 90 */
            days?: number | null;
            downloads?: number | null;
            /** @example 2026-11-20/ */
            folder?: string | null;
            /** @default false */
            leave_out_embargoed?: boolean;
            /** @example For the referee of paper II */
            name: string;
            package?: string | null;
            password?: string | null;
            version?: number | null;
            /** @default false */
            with_embargoed?: boolean;
        };
        /** NewLogEntry */
        NewLogEntry: {
            attachments?: string[];
            /**
             * @default observing
             * @enum {string}
             */
            category?: "observing" | "weather" | "fault" | "calibration" | "maintenance" | "safety" | "administration" | "other";
            frames?: string[];
            /**
             * @default info
             * @enum {string}
             */
            level?: "info" | "warning" | "problem";
            occurred_at?: string | null;
            tags?: string[];
            /** @example Clouds from 22:10. */
            text: string;
            /** @enum {null|string} */
            time_lost_kind?: "weather" | "fault" | "other" | null;
            /** @default 0 */
            time_lost_s?: number;
        };
        /** NewLogo */
        NewLogo: {
            image: string;
        };
        /** NewMappingTrial */
        NewMappingTrial: {
            /** Format: uuid */
            frame: string;
            header_mapping: components["schemas"]["HeaderMapping"];
        };
        /** NewName */
        NewName: {
            name: string;
        };
        /** NewOrganisation */
        NewOrganisation: {
            /** @example Uranienborg Observatory */
            name: string;
            /** @example uranienborg */
            slug?: string | null;
        };
        /** NewPackage */
        NewPackage: {
            contributors?: components["schemas"]["Contributor"][];
            datasets: string[];
            dates?: components["schemas"]["PackageDate"][];
            /** @default  */
            description?: string;
            funding?: components["schemas"]["Funding"][];
            keywords?: string[];
            /**
             * @example CC-BY-4.0
             * @example CC0-1.0
             */
            licence: string;
            related?: components["schemas"]["RelatedIdentifier"][];
            slug?: string | null;
            /** @example M31 in R, autumn 2026 */
            title: string;
        };
        /** NewPortal */
        NewPortal: {
            /**
             * @default #1f3a5f
             * @example #1f3a5f
             */
            colour?: string;
            is_public: boolean;
            /**
             * @default #c8963e
             * @example #1f3a5f
             */
            second_colour?: string;
            /** @default  */
            text?: string;
            /** @default  */
            title?: string;
        };
        /** NewPortalHost */
        NewPortalHost: {
            /** @example data.myobservatory.org */
            host: string;
        };
        /** NewRole */
        NewRole: {
            /** @enum {string} */
            role: "owner" | "admin" | "member";
        };
        /** NewSecondFactor */
        NewSecondFactor: {
            address: string;
            secret: string;
        };
        /** NewShare */
        NewShare: {
            /** @default false */
            leave_out_embargoed?: boolean;
            /** @default false */
            with_embargoed?: boolean;
        };
        /** NewSite */
        NewSite: {
            /** @default 0 */
            height_m?: number;
            horizon?: number[][] | null;
            latitude_deg: number;
            longitude_deg: number;
            /** @example W84 */
            mpc_code?: string | null;
            name: string;
            slug?: string | null;
            /** @example Europe/Copenhagen */
            time_zone: string;
        };
        /** NewTeam */
        NewTeam: {
            /** @example Comets with small telescopes */
            name: string;
            /** @example comets */
            slug?: string | null;
        };
        /** NewTeamName */
        NewTeamName: {
            name: string;
        };
        /** NewTeamRole */
        NewTeamRole: {
            /** @enum {string} */
            role: "manager" | "editor" | "viewer";
        };
        /** NewTeamUpload */
        NewTeamUpload: {
            files: components["schemas"]["TeamFileToSend"][];
            host?: string | null;
            part_size_bytes?: number | null;
        };
        /** NewTelescope */
        NewTelescope: {
            aperture_mm?: number | null;
            focal_length_mm?: number | null;
            mount?: string | null;
            name: string;
            site: string;
            slug?: string | null;
        };
        /** NewToken */
        NewToken: {
            /** @default 365 */
            expires_in_days?: number | null;
            /** @default personal */
            kind?: string;
            name: string;
            organisation?: string | null;
            scopes?: string[] | null;
        };
        /** NewUpload */
        NewUpload: {
            dataset?: string | null;
            files: components["schemas"]["FileToSend"][];
            /** @enum {null|string} */
            frame_type?: "bias" | "dark" | "flat" | "light" | "arc" | "focus" | "sky" | "other" | null;
            host?: string | null;
            instrument?: string | null;
            part_size_bytes?: number | null;
            telescope?: string | null;
        };
        /** NewWebhook */
        NewWebhook: {
            /** @default  */
            description?: string;
            kinds?: string[];
            url: string;
        };
        /** NightCount */
        NightCount: {
            exposure_s: number;
            filter: string | null;
            frame_type: string | null;
            frames: number;
        };
        /** NightFailure */
        NightFailure: {
            failed: boolean;
            file_id: string;
            name: string;
            problems: components["schemas"]["Problem"][];
        };
        /** NightGap */
        NightGap: {
            /** Format: date-time */
            end_at: string;
            seconds: number;
            /** Format: date-time */
            start_at: string;
        };
        /** NightLog */
        NightLog: {
            created_at: string | null;
            /** Format: date-time */
            end_at: string;
            entries: components["schemas"]["Page_service.actions.night_log_entries.LogEntry_"];
            /** Format: date */
            night: string;
            signed_at: string | null;
            signed_by: string | null;
            site: string;
            /** Format: date-time */
            start_at: string;
            /** @enum {string} */
            state: "open" | "signed";
            summary: components["schemas"]["NightSummary"];
            telescope: string;
            time_lost: components["schemas"]["TimeLost"];
            time_zone: string;
        };
        /** NightSummary */
        NightSummary: {
            by_filter?: components["schemas"]["FilterTally"][];
            by_type?: components["schemas"]["TypeTally"][];
            cadence_s?: number | null;
            /** @default 0 */
            exposure_s?: number;
            /** @default 0 */
            failure_count?: number;
            failures?: components["schemas"]["NightFailure"][];
            first_exposure_at?: string | null;
            /** @default 0 */
            frames?: number;
            /** @default 0 */
            frames_crossed?: number;
            /** @default 0 */
            frames_crossed_lit?: number;
            /** @default 0 */
            frames_judged?: number;
            /** @default 0 */
            frames_without_exposure?: number;
            /** @default 0 */
            frames_without_start?: number;
            /** @default 300 */
            gap_limit_s?: number;
            /** @default 0 */
            gap_s?: number;
            gaps?: components["schemas"]["NightGap"][];
            last_exposure_at?: string | null;
            /** @default 0 */
            more_filters?: number;
            /** @default 0 */
            more_targets?: number;
            open_shutter?: number | null;
            targets?: components["schemas"]["TargetTally"][];
            /** @default 0 */
            time_on_sky_s?: number;
            timeline?: components["schemas"]["TimelineLane"][];
            window_end_at?: string | null;
            /** @default 0 */
            window_s?: number;
            window_start_at?: string | null;
        };
        /** ObjectPlace */
        ObjectPlace: {
            also: string[];
            dec_deg: number;
            kind: string;
            magnitude: number | null;
            name: string;
            ra_deg: number;
            x: number;
            y: number;
        };
        /** ObservedNight */
        ObservedNight: {
            by_type: components["schemas"]["TypeTally"][];
            counts: components["schemas"]["NightCount"][];
            /** Format: date-time */
            end_at: string;
            exposure_s: number;
            first_exposure_at: string | null;
            frames: number;
            last_exposure_at: string | null;
            /** @enum {string} */
            log: "none" | "open" | "signed";
            /** Format: date */
            night: string;
            site: string;
            /** Format: date-time */
            start_at: string;
            telescope: string;
            time_lost_s: number;
            time_zone: string;
        };
        /** ObservingPlace */
        ObservingPlace: {
            height_m: number;
            horizon?: number[][] | null;
            latitude_deg: number;
            longitude_deg: number;
            name: string;
            time_zone: string | null;
        };
        /** Organisation */
        Organisation: {
            closed_at?: string | null;
            /** Format: date-time */
            created_at: string;
            name: string;
            removal_at?: string | null;
            role: string;
            slug: string;
        };
        /** OrganisationUsage */
        OrganisationUsage: {
            amounts: components["schemas"]["Price"][];
            closed: boolean;
            egress_bytes: number;
            gib_months: string;
            left_bytes: number | null;
            month: string;
            name: string;
            organisation: string;
            plan: string;
            refused: number;
            stored_bytes: number;
            version: number;
        };
        /** OwnFiles */
        OwnFiles: {
            /** Format: date-time */
            opened_at: string;
            organisation: string;
        };
        /** OwnFilesHost */
        OwnFilesHost: {
            /** @example uranienborg */
            organisation?: string | null;
        };
        /** Package */
        Package: {
            doi: components["schemas"]["Doi"] | null;
            slug: string;
            versions: components["schemas"]["PackageVersion"][];
        };
        /** PackageChange */
        PackageChange: {
            contributors?: components["schemas"]["Contributor"][];
            datasets?: string[];
            dates?: components["schemas"]["PackageDate"][];
            description?: string;
            funding?: components["schemas"]["Funding"][];
            keywords?: string[];
            /**
             * @example CC-BY-4.0
             * @example CC0-1.0
             */
            licence?: string;
            related?: components["schemas"]["RelatedIdentifier"][];
            /** @example M31 in R, autumn 2026 */
            title?: string;
        };
        /** PackageDate */
        PackageDate: {
            /**
             * @example 2026-11-20
             * @example 2026-11-20/2026-11-24
             */
            date: string;
            information?: string | null;
            /** @enum {string} */
            type: "Accepted" | "Collected" | "Copyrighted" | "Created" | "Submitted" | "Updated" | "Valid" | "Other";
        };
        /** PackageLinks */
        PackageLinks: {
            files: string;
            manifest: string;
            zip: string;
        };
        /** PackageSummary */
        PackageSummary: {
            newest: components["schemas"]["PackageVersion"];
            published_version: number | null;
            slug: string;
        };
        /** PackageVersion */
        PackageVersion: {
            contributors: components["schemas"]["Contributor"][];
            /** Format: date-time */
            created_at: string;
            datasets: string[];
            dates: components["schemas"]["PackageDate"][];
            description: string;
            doi: components["schemas"]["Doi"] | null;
            downloads: number;
            file_count: number | null;
            funding: components["schemas"]["Funding"][];
            keywords: string[];
            licence: string;
            manifest_sha256: string | null;
            published_at: string | null;
            related: components["schemas"]["RelatedIdentifier"][];
            size_bytes: number | null;
            /** @enum {string} */
            state: "draft" | "published" | "superseded" | "withdrawn";
            title: string;
            version: number;
            withdrawn_at: string | null;
            withdrawn_reason: string | null;
        };
        /** Page[Agent] */
        "Page_service.actions.agents.Agent_": {
            items: components["schemas"]["Agent"][];
            next_cursor?: string | null;
        };
        /** Page[Application] */
        "Page_service.actions.applications.Application_": {
            items: components["schemas"]["Application"][];
            next_cursor?: string | null;
        };
        /** Page[GrantedApplication] */
        "Page_service.actions.applications.GrantedApplication_": {
            items: components["schemas"]["GrantedApplication"][];
            next_cursor?: string | null;
        };
        /** Page[Assignment] */
        "Page_service.actions.assignments.Assignment_": {
            items: components["schemas"]["Assignment"][];
            next_cursor?: string | null;
        };
        /** Page[AuditEntry] */
        "Page_service.actions.audit_log.AuditEntry_": {
            items: components["schemas"]["AuditEntry"][];
            next_cursor?: string | null;
        };
        /** Page[ComingFrame] */
        "Page_service.actions.coming.ComingFrame_": {
            items: components["schemas"]["ComingFrame"][];
            next_cursor?: string | null;
        };
        /** Page[Dataset] */
        "Page_service.actions.datasets.Dataset_": {
            items: components["schemas"]["Dataset"][];
            next_cursor?: string | null;
        };
        /** Page[DatasetFile] */
        "Page_service.actions.datasets.DatasetFile_": {
            items: components["schemas"]["DatasetFile"][];
            next_cursor?: string | null;
        };
        /** Page[UpcomingLift] */
        "Page_service.actions.embargo_lifts.UpcomingLift_": {
            items: components["schemas"]["UpcomingLift"][];
            next_cursor?: string | null;
        };
        /** Page[Embargo] */
        "Page_service.actions.embargoes.Embargo_": {
            items: components["schemas"]["Embargo"][];
            next_cursor?: string | null;
        };
        /** Page[Instrument] */
        "Page_service.actions.equipment.Instrument_": {
            items: components["schemas"]["Instrument"][];
            next_cursor?: string | null;
        };
        /** Page[Site] */
        "Page_service.actions.equipment.Site_": {
            items: components["schemas"]["Site"][];
            next_cursor?: string | null;
        };
        /** Page[Telescope] */
        "Page_service.actions.equipment.Telescope_": {
            items: components["schemas"]["Telescope"][];
            next_cursor?: string | null;
        };
        /** Page[File] */
        "Page_service.actions.files.File_": {
            items: components["schemas"]["File"][];
            next_cursor?: string | null;
        };
        /** Page[Invitation] */
        "Page_service.actions.invitations.Invitation_": {
            items: components["schemas"]["Invitation"][];
            next_cursor?: string | null;
        };
        /** Page[Job] */
        "Page_service.actions.jobs.Job_": {
            items: components["schemas"]["Job"][];
            next_cursor?: string | null;
        };
        /** Page[LinkFile] */
        "Page_service.actions.link_holders.LinkFile_": {
            items: components["schemas"]["LinkFile"][];
            next_cursor?: string | null;
        };
        /** Page[Link] */
        "Page_service.actions.links.Link_": {
            items: components["schemas"]["Link"][];
            next_cursor?: string | null;
        };
        /** Page[LogEntry] */
        "Page_service.actions.night_log_entries.LogEntry_": {
            items: components["schemas"]["LogEntry"][];
            next_cursor?: string | null;
        };
        /** Page[ObservedNight] */
        "Page_service.actions.nights.ObservedNight_": {
            items: components["schemas"]["ObservedNight"][];
            next_cursor?: string | null;
        };
        /** Page[ServiceJob] */
        "Page_service.actions.operator_jobs.ServiceJob_": {
            items: components["schemas"]["ServiceJob"][];
            next_cursor?: string | null;
        };
        /** Page[Member] */
        "Page_service.actions.organisations.Member_": {
            items: components["schemas"]["Member"][];
            next_cursor?: string | null;
        };
        /** Page[LinkedIdentity] */
        "Page_service.actions.outside_sign_in.LinkedIdentity_": {
            items: components["schemas"]["LinkedIdentity"][];
            next_cursor?: string | null;
        };
        /** Page[PackageSummary] */
        "Page_service.actions.packages.PackageSummary_": {
            items: components["schemas"]["PackageSummary"][];
            next_cursor?: string | null;
        };
        /** Page[Invoice] */
        "Page_service.actions.payment.Invoice_": {
            items: components["schemas"]["Invoice"][];
            next_cursor?: string | null;
        };
        /** Page[Token] */
        "Page_service.actions.people.Token_": {
            items: components["schemas"]["Token"][];
            next_cursor?: string | null;
        };
        /** Page[PublishedFile] */
        "Page_service.actions.published.PublishedFile_": {
            items: components["schemas"]["PublishedFile"][];
            next_cursor?: string | null;
        };
        /** Page[Satellite] */
        "Page_service.actions.satellite_catalogue.Satellite_": {
            items: components["schemas"]["Satellite"][];
            next_cursor?: string | null;
        };
        /** Page[SignInSession] */
        "Page_service.actions.sessions.SignInSession_": {
            items: components["schemas"]["SignInSession"][];
            next_cursor?: string | null;
        };
        /** Page[Share] */
        "Page_service.actions.shares.Share_": {
            items: components["schemas"]["Share"][];
            next_cursor?: string | null;
        };
        /** Page[TeamEntry] */
        "Page_service.actions.team_files.TeamEntry_": {
            items: components["schemas"]["TeamEntry"][];
            next_cursor?: string | null;
        };
        /** Page[TeamFile] */
        "Page_service.actions.team_files.TeamFile_": {
            items: components["schemas"]["TeamFile"][];
            next_cursor?: string | null;
        };
        /** Page[TeamFileVersion] */
        "Page_service.actions.team_files.TeamFileVersion_": {
            items: components["schemas"]["TeamFileVersion"][];
            next_cursor?: string | null;
        };
        /** Page[Activity] */
        "Page_service.actions.teams.Activity_": {
            items: components["schemas"]["Activity"][];
            next_cursor?: string | null;
        };
        /** Page[SharedDataset] */
        "Page_service.actions.teams.SharedDataset_": {
            items: components["schemas"]["SharedDataset"][];
            next_cursor?: string | null;
        };
        /** Page[TeamMember] */
        "Page_service.actions.teams.TeamMember_": {
            items: components["schemas"]["TeamMember"][];
            next_cursor?: string | null;
        };
        /** Page[TeamView] */
        "Page_service.actions.teams.TeamView_": {
            items: components["schemas"]["TeamView"][];
            next_cursor?: string | null;
        };
        /** Page[OrganisationUsage] */
        "Page_service.actions.tenant_usage.OrganisationUsage_": {
            items: components["schemas"]["OrganisationUsage"][];
            next_cursor?: string | null;
        };
        /** Page[TreeEntry] */
        "Page_service.actions.tree.TreeEntry_": {
            items: components["schemas"]["TreeEntry"][];
            next_cursor?: string | null;
        };
        /** Page[Webhook] */
        "Page_service.actions.webhooks.Webhook_": {
            items: components["schemas"]["Webhook"][];
            next_cursor?: string | null;
        };
        /** Page[WebhookDelivery] */
        "Page_service.actions.webhooks.WebhookDelivery_": {
            items: components["schemas"]["WebhookDelivery"][];
            next_cursor?: string | null;
        };
        /** PageAddress */
        PageAddress: {
            url: string;
        };
        /** PartRequest */
        PartRequest: {
            /** @default 100 */
            count?: number;
            crc32c?: string[] | null;
            /** @default 1 */
            first?: number;
        };
        /** Parts */
        Parts: {
            part_count: number;
            parts: components["schemas"]["PartToSend"][];
            stored: number[];
        };
        /** PartToSend */
        PartToSend: {
            number: number;
            offset_bytes: number;
            put: components["schemas"]["SignedPut"];
            size_bytes: number;
        };
        /** PassList */
        PassList: {
            count: number;
            /** Format: date-time */
            end: string;
            items: components["schemas"]["SatellitePass"][];
            min_altitude_deg: number;
            next_cursor?: string | null;
            night: string | null;
            place: components["schemas"]["ObservingPlace"];
            set_aside: components["schemas"]["SetAside"][];
            set_aside_count: number;
            /** Format: date-time */
            start: string;
        };
        /** PasswordChange */
        PasswordChange: {
            current?: string | null;
            new: string;
        };
        /** PasswordReset */
        PasswordReset: {
            /** @example 1a2b-3c4d-5e6f-7g8h */
            code: string;
            password: string;
        };
        /** Payment */
        Payment: {
            available: boolean;
            due_since: string | null;
            ends_with_period: boolean;
            offers: string[];
            period_end: string | null;
            plan: string;
            read_only_from: string | null;
            status: string;
            trial_end: string | null;
            version: number;
        };
        /** PixelPath */
        PixelPath: {
            points_px: number[][];
            unit_index: number;
        };
        /** Place */
        Place: {
            dec_deg: number;
            name: string;
            ra_deg: number;
        };
        /** PlaceNight */
        PlaceNight: {
            astronomical_dawn_at: string | null;
            astronomical_dusk_at: string | null;
            civil_dawn_at: string | null;
            civil_dusk_at: string | null;
            dark_s: number;
            /** Format: date-time */
            end: string;
            moon_altitude_deg: number[];
            moon_azimuth_deg: number[];
            moon_illuminated_fraction: number;
            moon_phase: string;
            moon_phase_deg: number;
            moonrises_at: string[];
            moonsets_at: string[];
            nautical_dawn_at: string | null;
            nautical_dusk_at: string | null;
            /** Format: date */
            night: string;
            place: components["schemas"]["ObservingPlace"];
            /** Format: date-time */
            start: string;
            sun_altitude_deg: number[];
            sun_lowest_altitude_deg: number;
            /** Format: date-time */
            sun_lowest_at: string;
            sunrise_at: string | null;
            sunset_at: string | null;
            targets: components["schemas"]["TargetCurve"][];
            times: string[];
        };
        /** PlanChoice */
        PlanChoice: {
            /** @example observatory */
            plan: string;
        };
        /** PlaneAxis */
        PlaneAxis: {
            first: number;
            name: string;
            step: number;
            unit: string;
        };
        /** Portal */
        Portal: {
            address: string;
            changed_at: string | null;
            colour: string;
            host: components["schemas"]["PortalHost"] | null;
            is_public: boolean;
            logo: components["schemas"]["PortalLogo"] | null;
            second_colour: string;
            text: string;
            title: string;
        };
        /** PortalHost */
        PortalHost: {
            address: string;
            host: string;
            proven_at: string | null;
            record_name: string;
            record_value: string;
        };
        /** PortalLogo */
        PortalLogo: {
            address: string;
            height_px: number;
            width_px: number;
        };
        /** Price */
        Price: {
            amount_minor: number;
            currency: string;
            text: string;
        };
        /** Problem */
        Problem: {
            code: string;
            detail: string;
        };
        /** ProblemDocument */
        ProblemDocument: {
            detail: string;
            /** @default  */
            request_id?: string;
            status: number;
            title: string;
            type: string;
        };
        /** ProviderList */
        ProviderList: {
            items: components["schemas"]["ProviderShown"][];
        };
        /** ProviderShown */
        ProviderShown: {
            address: string;
            name: string;
            title: string;
        };
        /** ProviderToLink */
        ProviderToLink: {
            /** @example orcid */
            provider: string;
        };
        /** PublishedFile */
        PublishedFile: {
            path: string;
            sha256: string;
            size_bytes: number;
        };
        /** PublishedPackage */
        PublishedPackage: {
            current: components["schemas"]["PublishedVersion"];
            organisation: string;
            package: string;
            versions: components["schemas"]["VersionSummary"][];
        };
        /** PublishedVersion */
        PublishedVersion: {
            address: string;
            bibtex: string;
            citation: string;
            concept_doi: string | null;
            contributors: components["schemas"]["Contributor"][];
            datasets: string[];
            dates: components["schemas"]["PackageDate"][];
            description: string;
            doi: string | null;
            downloads: number;
            file_count: number;
            funding: components["schemas"]["Funding"][];
            keywords: string[];
            licence: components["schemas"]["Licence"];
            links: components["schemas"]["PackageLinks"] | null;
            manifest_sha256: string;
            organisation: string;
            package: string;
            page: string;
            /** Format: date-time */
            published_at: string;
            publisher: string;
            related: components["schemas"]["RelatedIdentifier"][];
            size_bytes: number;
            /** @enum {string} */
            state: "draft" | "published" | "superseded" | "withdrawn";
            title: string;
            version: number;
            withdrawn_at: string | null;
            withdrawn_reason: string | null;
        };
        /** Recall */
        Recall: {
            contents: number;
            price: components["schemas"]["Price"];
            ready_in_s: number;
            size_bytes: number;
            /** Format: date-time */
            until: string;
        };
        /** Receipt */
        Receipt: {
            address: string;
            /** Format: date-time */
            at: string;
            bytes_asked: number;
            path: string | null;
            who: string | null;
        };
        /** RecoveryCodes */
        RecoveryCodes: {
            codes: string[];
        };
        /** RelatedIdentifier */
        RelatedIdentifier: {
            /** @example 10.1051/0004-6361/201321591 */
            identifier: string;
            /** @enum {string} */
            relation: "IsCitedBy" | "Cites" | "IsCollectedBy" | "Collects" | "IsSupplementTo" | "IsSupplementedBy" | "IsContinuedBy" | "Continues" | "IsDescribedBy" | "Describes" | "HasMetadata" | "IsMetadataFor" | "HasVersion" | "IsVersionOf" | "IsNewVersionOf" | "IsPreviousVersionOf" | "IsPartOf" | "HasPart" | "IsPublishedIn" | "IsReferencedBy" | "References" | "IsDocumentedBy" | "Documents" | "IsCompiledBy" | "Compiles" | "IsVariantFormOf" | "IsOriginalFormOf" | "IsIdenticalTo" | "IsReviewedBy" | "Reviews" | "IsDerivedFrom" | "IsSourceOf" | "IsRequiredBy" | "Requires" | "IsObsoletedBy" | "Obsoletes";
            /** @enum {string} */
            type: "ARK" | "arXiv" | "bibcode" | "DOI" | "EAN13" | "EISSN" | "Handle" | "IGSN" | "ISBN" | "ISSN" | "ISTC" | "LISSN" | "LSID" | "PMID" | "PURL" | "UPC" | "URL" | "URN" | "w3id";
        };
        /** RemovedFiles */
        RemovedFiles: {
            absent: string[];
            removed: string[];
        };
        /** Reopening */
        Reopening: {
            /** @default  */
            reason?: string;
        };
        /** ResetAsked */
        ResetAsked: {
            /** @example tycho@hven.example */
            email: string;
        };
        /** Restoration */
        Restoration: {
            expected_version?: number | null;
            /** @example 2026/notes.txt */
            to?: string | null;
            version?: number | null;
        };
        /** Restored */
        Restored: {
            files: number;
            left: number;
        };
        /** Retried */
        Retried: {
            left: number;
            retried: number;
        };
        /** Revenue */
        Revenue: {
            amounts: components["schemas"]["Price"][];
            closed: boolean;
            egress_bytes: number;
            month: string;
            organisations: number;
            stored_bytes: number;
        };
        /** Rotation */
        Rotation: {
            /** @default 24 */
            overlap_hours?: number;
        };
        /** Satellite */
        Satellite: {
            designator: string;
            name: string;
            /** Format: date-time */
            newest_epoch: string;
            norad_id: number;
        };
        /** SatellitePass */
        SatellitePass: {
            culminations: components["schemas"]["Culmination"][];
            designator: string;
            elements_age_days: number;
            highest_altitude_deg: number;
            /** Format: date-time */
            highest_at: string;
            highest_azimuth_deg: number;
            is_sunlit_at_highest: boolean;
            magnitude: number | null;
            magnitude_source: string;
            name: string;
            norad_id: number;
            range_km: number;
            rise_at: string | null;
            rise_azimuth_deg: number | null;
            set_at: string | null;
            set_azimuth_deg: number | null;
            sunlit: string[][];
            sunlit_fraction: number;
            timing_sigma_s: number;
            up_at_end: boolean;
            up_at_start: boolean;
        };
        /** SatelliteTrack */
        SatelliteTrack: {
            norad_id: number;
            place: components["schemas"]["ObservingPlace"];
            points: components["schemas"]["TrackPoint"][];
        };
        /** Schedule */
        Schedule: {
            address: string;
            asked_at: string | null;
            failed_at: string | null;
            failure: string | null;
            fetched_at: string | null;
            interval_hours: number;
            next_at: string | null;
        };
        /** SecondStep */
        SecondStep: {
            challenge: string;
            /** @example 287082 */
            code: string;
        };
        /** ServiceHealth */
        ServiceHealth: {
            /** Format: date-time */
            at: string;
            catalogue: components["schemas"]["CatalogueStatus"];
            database: components["schemas"]["DatabaseHealth"];
            disks: components["schemas"]["Disk"][];
            jobs: components["schemas"]["JobCount"][];
            mail: components["schemas"]["MailState"];
            store: components["schemas"]["Answering"];
            workers: components["schemas"]["WorkerSign"][];
            worries: string[];
        };
        /** ServiceJob */
        ServiceJob: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            done: number;
            error: string | null;
            failed: number;
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            kind: string;
            organisation: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "dead";
            total: number;
        };
        /** SessionToken */
        SessionToken: {
            csrf_token: string;
        };
        /** SetAside */
        SetAside: {
            /** @enum {string} */
            code: "unusable" | "no-position" | "decayed" | "out-of-date";
            name: string;
            norad_id: number;
            reason: string;
        };
        /** Share */
        Share: {
            embargoed: boolean;
            /** Format: date-time */
            shared_at: string;
            shared_by: string;
            team: string;
        };
        /** SharedDataset */
        SharedDataset: {
            dataset: string;
            description: string;
            embargoed: boolean;
            name: string;
            organisation: string;
            /** Format: date-time */
            shared_at: string;
        };
        /** ShownPackage */
        ShownPackage: {
            contributors: components["schemas"]["Contributor"][];
            description: string;
            keywords: string[];
            licence: components["schemas"]["Licence"];
            /** @enum {string} */
            state: "draft" | "published" | "superseded" | "withdrawn";
            title: string;
            version: number;
        };
        /** SignedIn */
        SignedIn: {
            account: components["schemas"]["Account"];
            csrf_token: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** SignedPut */
        SignedPut: {
            headers: {
                [key: string]: string;
            };
            /** @default PUT */
            method?: string;
            url: string;
        };
        /** SignInSession */
        SignInSession: {
            browser: string;
            /** Format: date-time */
            created_at: string;
            current: boolean;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            way: string;
        };
        /** SignUp */
        SignUp: {
            email: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** Site */
        Site: {
            /** Format: date-time */
            created_at: string;
            height_m: number;
            horizon: number[][] | null;
            latitude_deg: number;
            longitude_deg: number;
            mpc_code: string | null;
            name: string;
            slug: string;
            time_zone: string;
        };
        /** SiteChange */
        SiteChange: {
            height_m?: number;
            horizon?: number[][] | null;
            latitude_deg?: number;
            longitude_deg?: number;
            /** @example W84 */
            mpc_code?: string | null;
            name?: string;
            /** @example Europe/Copenhagen */
            time_zone?: string;
        };
        /** TableColumnFacts */
        TableColumnFacts: {
            comment: string | null;
            display: string | null;
            form: string;
            is_number: boolean;
            name: string;
            number: number;
            unit: string | null;
            values: number | null;
        };
        /** TargetCurve */
        TargetCurve: {
            altitude_deg: number[];
            azimuth_deg: number[];
            dec_deg: number;
            highest_altitude_deg: number;
            /** Format: date-time */
            highest_at: string;
            moon_separation_deg: number[];
            name: string;
            ra_deg: number;
        };
        /** TargetTally */
        TargetTally: {
            exposure_s: number;
            filter: string | null;
            first_at: string | null;
            frames: number;
            last_at: string | null;
            object: string | null;
        };
        /** TeamEntry */
        TeamEntry: {
            author?: string | null;
            /** Format: date-time */
            changed_at: string;
            files: number;
            id?: string | null;
            /** @enum {string} */
            kind: "file" | "folder";
            path: string;
            sha256?: string | null;
            size_bytes: number;
            version?: number | null;
        };
        /** TeamFile */
        TeamFile: {
            author: string;
            /** Format: date-time */
            changed_at: string;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            path: string;
            sha256: string;
            size_bytes: number;
            trashed_at?: string | null;
            trashed_by?: string | null;
            version: number;
        };
        /** TeamFileToSend */
        TeamFileToSend: {
            crc32?: string | null;
            crc32c?: string | null;
            expected_version?: number | null;
            likeness?: string | null;
            /** @example light/M31/M31_R_001.fits */
            path: string;
            sha256?: string | null;
            size_bytes: number;
        };
        /** TeamFileVersion */
        TeamFileVersion: {
            author: string;
            /** Format: date-time */
            created_at: string;
            host: string | null;
            restored_from: number | null;
            sha256: string;
            size_bytes: number;
            version: number;
        };
        /** TeamMember */
        TeamMember: {
            email: string;
            name: string;
            role: string;
            /** Format: date-time */
            since: string;
        };
        /** TeamStorage */
        TeamStorage: {
            current_bytes: number;
            files: number;
            size_bytes: number;
            trashed_files: number;
            versions: number;
        };
        /** TeamView */
        TeamView: {
            /** Format: date-time */
            created_at: string;
            name: string;
            organisation: string;
            role: string;
            slug: string;
        };
        /** Telescope */
        Telescope: {
            aperture_mm: number | null;
            /** Format: date-time */
            created_at: string;
            focal_length_mm: number | null;
            mount: string | null;
            name: string;
            site: string;
            slug: string;
        };
        /** TelescopeChange */
        TelescopeChange: {
            aperture_mm?: number | null;
            focal_length_mm?: number | null;
            mount?: string | null;
            name?: string;
        };
        /** TierMove */
        TierMove: {
            contents: number;
            origin: string;
            problems: number;
            size_bytes: number;
            tier: string;
        };
        /** TierPolicy */
        TierPolicy: {
            archive_after_days?: number | null;
            cool_after_days?: number | null;
        };
        /** TilesOfHdu */
        TilesOfHdu: {
            size_px: number;
            zooms: number;
        };
        /** TimeAxis */
        TimeAxis: {
            /** @enum {string} */
            clock: "UTC" | "TAI" | "TT" | "TDB" | "";
            /** @enum {string} */
            place: "barycentre" | "heliocentre" | "geocentre" | "telescope" | "";
            unit_days: number;
            utc_offset_s?: number | null;
            zero_jd: number;
        };
        /** TimelineLane */
        TimelineLane: {
            filter: string | null;
            frame_type: string | null;
            /** @default false */
            mixed?: boolean;
            spans: components["schemas"]["TimelineSpan"][];
        };
        /** TimelineSpan */
        TimelineSpan: {
            /** Format: date-time */
            end_at: string;
            frames: number;
            /** Format: date-time */
            start_at: string;
        };
        /** TimeLost */
        TimeLost: {
            /** @default 0 */
            fault_s?: number;
            /** @default 0 */
            other_s?: number;
            /** @default 0 */
            weather_s?: number;
        };
        /** Token */
        Token: {
            /** Format: date-time */
            created_at: string;
            expires_at?: string | null;
            hint: string;
            /** Format: uuid */
            id: string;
            kind: string;
            last_used_at?: string | null;
            name: string;
            revoked_at?: string | null;
            scopes: string[];
        };
        /** TokenWithSecret */
        TokenWithSecret: {
            /** Format: date-time */
            created_at: string;
            expires_at?: string | null;
            hint: string;
            /** Format: uuid */
            id: string;
            kind: string;
            last_used_at?: string | null;
            name: string;
            revoked_at?: string | null;
            scopes: string[];
            secret: string;
        };
        /** ToldField */
        ToldField: {
            dec_deg?: number | null;
            height_deg?: number | null;
            position_angle_deg?: number | null;
            ra_deg?: number | null;
            radius_deg?: number | null;
            /** @enum {string} */
            shape: "circle" | "rectangle" | "polygon";
            vertices_deg?: number[][] | null;
            width_deg?: number | null;
        };
        /** TrackPoint */
        TrackPoint: {
            altitude_deg: number;
            apparent_dec_deg: number;
            apparent_ra_deg: number;
            astrometric_dec_deg: number;
            astrometric_ra_deg: number;
            /** Format: date-time */
            at: string;
            azimuth_deg: number;
            geometric_dec_deg: number;
            geometric_ra_deg: number;
            height_km: number;
            latitude_deg: number;
            longitude_deg: number;
            magnitude: number | null;
            magnitude_source: string;
            phase_angle_deg: number;
            range_km: number;
            sunlit_fraction: number;
        };
        /** Trashing */
        Trashing: {
            files: components["schemas"]["FileToTrash"][];
            /** @default false */
            folders?: boolean;
        };
        /** TreeAddress */
        TreeAddress: {
            crc32c: string | null;
            sha256: string;
            size_bytes: number;
            url: string;
        };
        /** TreeAddresses */
        TreeAddresses: {
            addresses: (components["schemas"]["TreeAddress"] | null)[];
            /** Format: date-time */
            expires_at: string;
        };
        /** TreeBeginning */
        TreeBeginning: {
            packed: string;
            sha256: string;
        };
        /** TreeBeginnings */
        TreeBeginnings: {
            beginnings: (components["schemas"]["TreeBeginning"] | null)[];
        };
        /** TreeEntries */
        TreeEntries: {
            entries: (components["schemas"]["TreeEntry"] | null)[];
        };
        /** TreeEntry */
        TreeEntry: {
            changed_at?: string | null;
            id?: string | null;
            /** @enum {string} */
            kind: "file" | "folder";
            name: string;
            sha256?: string | null;
            /** @default 0 */
            size_bytes?: number;
        };
        /** TreePaths */
        TreePaths: {
            paths: string[];
        };
        /** TypeTally */
        TypeTally: {
            exposure_s: number;
            frame_type: string | null;
            frames: number;
        };
        /** UpcomingLift */
        UpcomingLift: {
            files: number;
            /** Format: date-time */
            first_at: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_at: string;
            /** Format: date */
            lifts_on: string;
            name: string;
            reason: string;
            size_bytes: number;
            /** @enum {string} */
            target: "organisation" | "instrument" | "dataset" | "file";
        };
        /** Upload */
        Upload: {
            files: components["schemas"]["UploadFile"][];
            /** Format: uuid */
            id: string;
            together?: components["schemas"]["SignedPut"] | null;
        };
        /** UploadFile */
        UploadFile: {
            file?: string | null;
            part_size_bytes?: number | null;
            path: string;
            position: number;
            problem?: components["schemas"]["Problem"] | null;
            put?: components["schemas"]["SignedPut"] | null;
            /** @enum {string} */
            state: "known" | "wanted" | "stored" | "failed";
        };
        /** Usage */
        Usage: {
            /** Format: date-time */
            begin: string;
            /** @enum {string} */
            by: "day" | "member" | "dataset" | "telescope" | "team" | "tier";
            /** Format: date-time */
            end: string;
            items: components["schemas"]["UsageItem"][];
            next_cursor: string | null;
            total: components["schemas"]["UsageItem"];
        };
        /** UsageItem */
        UsageItem: {
            byte_us: string;
            egress_bytes?: number | null;
            gib_months: string;
            id?: string | null;
            key?: string | null;
            stored_bytes: number;
        };
        /** VersionSummary */
        VersionSummary: {
            address: string;
            /** Format: date-time */
            published_at: string;
            /** @enum {string} */
            state: "draft" | "published" | "superseded" | "withdrawn";
            title: string;
            version: number;
        };
        /** VisitBegun */
        VisitBegun: {
            address: string;
        };
        /** WaysIn */
        WaysIn: {
            email_confirmed: boolean;
            identities: number;
            password: boolean;
            recovery_codes_left: number;
            second_factor: boolean;
        };
        /** Webhook */
        Webhook: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            description: string;
            disabled_reason: string | null;
            failing_since: string | null;
            /** Format: uuid */
            id: string;
            kinds: string[];
            old_secret_until: string | null;
            /** @enum {string} */
            state: "active" | "disabled";
            url: string;
        };
        /** WebhookChange */
        WebhookChange: {
            description?: string;
            enabled?: boolean;
            kinds?: string[];
            url?: string;
        };
        /** WebhookDelivery */
        WebhookDelivery: {
            /** Format: date-time */
            at: string;
            attempt: number;
            by_hand: boolean;
            delivered: boolean;
            duration_ms: number;
            error: string | null;
            event_id: number | null;
            /** Format: uuid */
            id: string;
            kind: string;
            next_try_at: string | null;
            reply: string;
            status: number | null;
        };
        /** WebhookWithSecret */
        WebhookWithSecret: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            description: string;
            disabled_reason: string | null;
            failing_since: string | null;
            /** Format: uuid */
            id: string;
            kinds: string[];
            old_secret_until: string | null;
            secret: string;
            /** @enum {string} */
            state: "active" | "disabled";
            url: string;
        };
        /** WindowValues */
        WindowValues: {
            dec_deg: (number | null)[][] | null;
            height: number;
            ra_deg: (number | null)[][] | null;
            unit: string | null;
            values: (number | null)[][];
            width: number;
            x: number;
            y: number;
        };
        /** Withdrawal */
        Withdrawal: {
            /** @example The time stamps are wrong by one hour. */
            reason: string;
        };
        /** WorkerSign */
        WorkerSign: {
            host: string;
            jobs: number;
            process: number;
            /** Format: date-time */
            seen_at: string;
            silent: boolean;
            /** Format: date-time */
            started_at: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    add_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUp"];
                };
            };
        };
    };
    confirm_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountCode"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    list_identity_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderList"];
                };
            };
        };
    };
    answer_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationAnswer"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
        };
    };
    look_at_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationSecret"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
        };
    };
    look_at_link: {
        parameters: {
            query?: never;
            header?: {
                "X-Link-Password"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkView"];
                };
            };
        };
    };
    list_link_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: {
                "X-Link-Password"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.link_holders.LinkFile_"];
                };
            };
        };
    };
    get_link_content: {
        parameters: {
            query?: never;
            header?: {
                Range?: string | null;
                "X-Link-Password"?: string | null;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    get_link_zip: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string | null;
                "If-Range"?: string | null;
                Range?: string | null;
                "X-Link-Password"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    who_am_i: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    list_granted_applications: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.applications.GrantedApplication_"];
                };
            };
        };
    };
    take_back_grant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    confirm_email: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Confirmation"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ask_for_email_confirmation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    open_own_files: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwnFilesHost"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnFiles"];
                };
            };
        };
    };
    list_identities: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.outside_sign_in.LinkedIdentity_"];
                };
            };
        };
    };
    link_identity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderToLink"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitBegun"];
                };
            };
        };
    };
    unlink_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    begin_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewSecondFactor"];
                };
            };
        };
    };
    confirm_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactorCode"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    make_recovery_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactorCode"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    remove_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactorCode"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.sessions.SignInSession_"];
                };
            };
        };
    };
    end_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_ways_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaysIn"];
                };
            };
        };
    };
    harvest_packages: {
        parameters: {
            query?: {
                from?: string | null;
                identifier?: string | null;
                metadataPrefix?: string | null;
                resumptionToken?: string | null;
                set?: string | null;
                until?: string | null;
                verb?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    harvest_packages_by_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_service_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceHealth"];
                };
            };
        };
    };
    list_service_jobs: {
        parameters: {
            query?: {
                cursor?: string | null;
                kind?: string | null;
                limit?: number;
                organisation?: string | null;
                state?: ("queued" | "running" | "done" | "dead")[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.operator_jobs.ServiceJob_"];
                };
            };
        };
    };
    get_service_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceJob"];
                };
            };
        };
    };
    retry_service_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceJob"];
                };
            };
        };
    };
    count_service_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobCounts"];
                };
            };
        };
    };
    retry_service_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KindToRetry"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retried"];
                };
            };
        };
    };
    list_service_organisations: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                month?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.tenant_usage.OrganisationUsage_"];
                };
            };
        };
    };
    get_revenue: {
        parameters: {
            query?: {
                month?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revenue"];
                };
            };
        };
    };
    add_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganisation"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
        };
    };
    get_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
        };
    };
    rename_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewName"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
        };
    };
    list_agents: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.agents.Agent_"];
                };
            };
        };
    };
    report_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentReport"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentReply"];
                };
            };
        };
    };
    forget_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    announce_frames: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Announcement"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_applications: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.applications.Application_"];
                };
            };
        };
    };
    add_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApplication"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationWithSecret"];
                };
            };
        };
    };
    remove_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    replace_application_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationWithSecret"];
                };
            };
        };
    };
    list_assignments: {
        parameters: {
            query?: {
                cursor?: string | null;
                email?: string | null;
                limit?: number;
                night?: string | null;
                telescope?: string | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.assignments.Assignment_"];
                };
            };
        };
    };
    add_assignment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAssignment"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    get_assignment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assignment_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    remove_assignment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assignment_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_assignment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assignment_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignmentChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assignment"];
                };
            };
        };
    };
    list_audit_entries: {
        parameters: {
            query?: {
                action?: string | null;
                actor?: string | null;
                cursor?: string | null;
                limit?: number;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.audit_log.AuditEntry_"];
                };
            };
        };
    };
    export_audit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
        };
    };
    get_bill: {
        parameters: {
            query?: {
                month?: string | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MonthBill"];
                };
            };
        };
    };
    close_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Closing"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
        };
    };
    list_coming_frames: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.coming.ComingFrame_"];
                };
            };
        };
    };
    get_coming_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": string;
                };
            };
        };
    };
    check_contents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContentCheck"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldContents"];
                };
            };
        };
    };
    get_datacite_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataCiteAccount"];
                };
            };
        };
    };
    set_datacite_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDataCiteAccount"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataCiteAccount"];
                };
            };
        };
    };
    remove_datacite_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_datasets: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: "open" | "closed" | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.datasets.Dataset_"];
                };
            };
        };
    };
    add_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDataset"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
        };
    };
    get_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
        };
    };
    remove_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
        };
    };
    close_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
        };
    };
    list_dataset_downloads: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetDownloads"];
                };
            };
        };
    };
    list_dataset_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                prefix?: string;
            };
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.datasets.DatasetFile_"];
                };
            };
        };
    };
    add_dataset_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilesToAdd"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedFiles"];
                };
            };
        };
    };
    remove_dataset_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilesToRemove"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemovedFiles"];
                };
            };
        };
    };
    recall_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recall"];
                };
            };
        };
    };
    reopen_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
        };
    };
    list_shares: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.shares.Share_"];
                };
            };
        };
    };
    share_dataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
        };
    };
    end_share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_dataset_tiers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetTiers"];
                };
            };
        };
    };
    set_dataset_tiers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TierPolicy"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetTiers"];
                };
            };
        };
    };
    remove_dataset_tiers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_embargo_reminders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbargoReminders"];
                };
            };
        };
    };
    set_embargo_reminders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmbargoReminders"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbargoReminders"];
                };
            };
        };
    };
    list_embargoes: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.embargoes.Embargo_"];
                };
            };
        };
    };
    set_embargo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                organisation: string;
                target: "organisation" | "instrument" | "dataset" | "file";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEmbargo"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Embargo"];
                };
            };
        };
    };
    remove_embargo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                organisation: string;
                target: "organisation" | "instrument" | "dataset" | "file";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_upcoming_lifts: {
        parameters: {
            query?: {
                cursor?: string | null;
                days?: number;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.embargo_lifts.UpcomingLift_"];
                };
            };
        };
    };
    follow_events: {
        parameters: {
            query?: {
                after?: number | null;
            };
            header?: {
                "Last-Event-ID"?: number | null;
            };
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
        };
    };
    list_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                deleted?: boolean;
                flagged?: boolean;
                limit?: number;
                prefix?: string | null;
                state?: "stored" | "indexed" | "kept" | "failed" | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.files.File_"];
                };
            };
        };
    };
    get_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
        };
    };
    delete_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_content: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    restore_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
        };
    };
    read_file_addresses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilesWanted"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileAddresses"];
                };
            };
        };
    };
    find_frames: {
        parameters: {
            query?: {
                contains?: string | null;
                count?: boolean;
                crossed?: boolean | null;
                crossed_brighter_than?: number | null;
                cursor?: string | null;
                dataset?: string | null;
                end?: string | null;
                filter?: string | null;
                first_night?: string | null;
                instrument?: string | null;
                last_night?: string | null;
                limit?: number;
                near?: string | null;
                night?: string | null;
                object?: string | null;
                polygon?: string | null;
                quality?: "unchecked" | "good" | "doubtful" | "bad" | null;
                radius?: number | null;
                satellite?: string | null;
                sort?: string;
                start?: string | null;
                telescope?: string | null;
                text?: string | null;
                type?: string | null;
                where?: string[] | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FramePage"];
                };
            };
        };
    };
    get_frame: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrameDetail"];
                };
            };
        };
    };
    judge_frame: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Judgement"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrameDetail"];
                };
            };
        };
    };
    find_calibrations: {
        parameters: {
            query?: {
                days?: number;
                limit?: number;
            };
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibrations"];
                };
            };
        };
    };
    list_hdus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HduList"];
                };
            };
        };
    };
    list_hdu_columns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColumnList"];
                };
            };
        };
    };
    get_hdu_curve: {
        parameters: {
            query?: {
                row?: number;
                x?: number | null;
                y?: number | null;
            };
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HduCurve"];
                };
            };
        };
    };
    list_hdu_objects: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HduObjects"];
                };
            };
        };
    };
    get_pixels: {
        parameters: {
            query: {
                height?: number;
                plane?: number;
                width?: number;
                x: number;
                y: number;
            };
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowValues"];
                };
            };
        };
    };
    get_hdu_rows: {
        parameters: {
            query?: {
                column?: number[] | null;
                first?: number;
                rows?: number;
            };
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HduRows"];
                };
            };
        };
    };
    get_hdu_sky: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HduSky"];
                };
            };
        };
    };
    get_tile: {
        parameters: {
            query?: {
                black?: number | null;
                colours?: "grey" | "viridis" | "magma" | "inferno" | "plasma" | "cividis" | "cubehelix" | "hot" | "turbo";
                inverted?: boolean;
                limits?: "auto" | "zscale" | "percentile" | "minmax";
                lower?: number;
                plane?: number;
                stretch?: "asinh" | "linear" | "log" | "sqrt";
                upper?: number;
                white?: number | null;
            };
            header?: {
                "If-None-Match"?: string | null;
            };
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
                x: number;
                y: number;
                zoom: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_hdu_values: {
        parameters: {
            query?: {
                plane?: number;
            };
            header?: never;
            path: {
                frame_id: string;
                hdu: number;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HduValues"];
                };
            };
        };
    };
    get_header: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeaderCards"];
                };
            };
        };
    };
    get_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                frame_id: string;
                organisation: string;
                size: "128" | "512" | "2048";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    count_facets: {
        parameters: {
            query?: {
                contains?: string | null;
                crossed?: boolean | null;
                crossed_brighter_than?: number | null;
                dataset?: string | null;
                end?: string | null;
                facet?: string[] | null;
                filter?: string | null;
                first_night?: string | null;
                instrument?: string | null;
                last_night?: string | null;
                limit?: number;
                near?: string | null;
                night?: string | null;
                object?: string | null;
                polygon?: string | null;
                quality?: "unchecked" | "good" | "doubtful" | "bad" | null;
                radius?: number | null;
                satellite?: string | null;
                sort?: string;
                start?: string | null;
                telescope?: string | null;
                text?: string | null;
                type?: string | null;
                where?: string[] | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facets"];
                };
            };
        };
    };
    ingest_again: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IngestAgain"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestBegun"];
                };
            };
        };
    };
    list_instruments: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.equipment.Instrument_"];
                };
            };
        };
    };
    add_instrument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInstrument"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instrument"];
                };
            };
        };
    };
    get_instrument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instrument: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instrument"];
                };
            };
        };
    };
    remove_instrument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instrument: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_instrument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instrument: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstrumentChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instrument"];
                };
            };
        };
    };
    try_header_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instrument: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMappingTrial"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappingTrial"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                cursor?: string | null;
                kind?: string | null;
                limit?: number;
                state?: ("queued" | "running" | "done" | "dead")[] | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.jobs.Job_"];
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    list_links: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.links.Link_"];
                };
            };
        };
    };
    add_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLink"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkWithSecret"];
                };
            };
        };
    };
    revoke_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link_id: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    search_log_entries: {
        parameters: {
            query?: {
                author?: string | null;
                category?: "observing" | "weather" | "fault" | "calibration" | "maintenance" | "safety" | "administration" | "other" | null;
                cursor?: string | null;
                first?: string | null;
                last?: string | null;
                level?: "info" | "warning" | "problem" | null;
                limit?: number;
                tag?: string | null;
                telescope?: string | null;
                text?: string | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.night_log_entries.LogEntry_"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.organisations.Member_"];
                };
            };
        };
    };
    set_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                email: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRole"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                email: string;
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_nights: {
        parameters: {
            query?: {
                cursor?: string | null;
                first?: string | null;
                last?: string | null;
                limit?: number;
                telescope?: string | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.nights.ObservedNight_"];
                };
            };
        };
    };
    list_packages: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.packages.PackageSummary_"];
                };
            };
        };
    };
    add_package: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPackage"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    get_package: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    add_package_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    change_package_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackageChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    add_package_doi: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    list_package_downloads: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Downloads"];
                };
            };
        };
    };
    publish_package: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    withdraw_package: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Withdrawal"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    get_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    cancel_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    open_checkout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanChoice"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageAddress"];
                };
            };
        };
    };
    list_payment_invoices: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.payment.Invoice_"];
                };
            };
        };
    };
    change_payment_plan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanChoice"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    open_payment_portal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageAddress"];
                };
            };
        };
    };
    get_portal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Portal"];
                };
            };
        };
    };
    set_portal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPortal"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Portal"];
                };
            };
        };
    };
    set_portal_host: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPortalHost"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalHost"];
                };
            };
        };
    };
    remove_portal_host: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    prove_portal_host: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalHost"];
                };
            };
        };
    };
    set_portal_logo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLogo"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalLogo"];
                };
            };
        };
    };
    remove_portal_logo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    reopen_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
        };
    };
    list_sites: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.equipment.Site_"];
                };
            };
        };
    };
    add_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSite"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    get_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    remove_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    add_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTeam"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamView"];
                };
            };
        };
    };
    list_telescopes: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.equipment.Telescope_"];
                };
            };
        };
    };
    add_telescope: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTelescope"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Telescope"];
                };
            };
        };
    };
    get_telescope: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Telescope"];
                };
            };
        };
    };
    remove_telescope: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_telescope: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TelescopeChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Telescope"];
                };
            };
        };
    };
    get_night_log: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NightLog"];
                };
            };
        };
    };
    get_night_log_markdown: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": string;
                };
            };
        };
    };
    get_night_log_pdf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
        };
    };
    list_log_entries: {
        parameters: {
            query?: {
                cursor?: string | null;
                deleted?: boolean;
                limit?: number;
            };
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.night_log_entries.LogEntry_"];
                };
            };
        };
    };
    add_log_entry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLogEntry"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogEntry"];
                };
            };
        };
    };
    edit_log_entry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                entry_id: string;
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogEntryEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogEntry"];
                };
            };
        };
    };
    delete_log_entry: {
        parameters: {
            query?: {
                revision?: number | null;
            };
            header?: never;
            path: {
                entry_id: string;
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_log_entry_revisions: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                entry_id: string;
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.night_log_entries.LogEntry_"];
                };
            };
        };
    };
    reopen_night_log: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reopening"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NightLog"];
                };
            };
        };
    };
    sign_night_log: {
        parameters: {
            query?: {
                force?: boolean;
            };
            header?: never;
            path: {
                night: string;
                organisation: string;
                telescope: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NightLog"];
                };
            };
        };
    };
    start_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUpload"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
        };
    };
    get_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
        };
    };
    complete_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Completion"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Completed"];
                };
            };
        };
    };
    sign_parts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                position: number;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Parts"];
                };
            };
        };
    };
    get_usage: {
        parameters: {
            query?: {
                by?: "day" | "member" | "dataset" | "telescope" | "team" | "tier";
                cursor?: string | null;
                from?: string | null;
                limit?: number;
                to?: string | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
        };
    };
    estimate_costs: {
        parameters: {
            query?: {
                add_bytes?: number | null;
                dataset?: string | null;
                tier?: "hot" | "cool" | "archive" | null;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Estimate"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.webhooks.Webhook_"];
                };
            };
        };
    };
    add_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    remove_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                cursor?: string | null;
                delivered?: boolean | null;
                limit?: number;
            };
            header?: never;
            path: {
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.webhooks.WebhookDelivery_"];
                };
            };
        };
    };
    redeliver_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    ping_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
        };
    };
    get_published_package: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedPackage"];
                };
            };
        };
    };
    get_package_page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_published_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedVersion"];
                };
            };
        };
    };
    get_citation_bibtex: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-bibtex": string;
                };
            };
        };
    };
    get_citation_csl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.citationstyles.csl+json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    get_citation_datacite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.datacite.datacite+json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    get_citation_ris: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-research-info-systems": string;
                };
            };
        };
    };
    get_citation_schema_org: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/ld+json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    get_citation_text: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/x-bibliography": string;
                };
            };
        };
    };
    list_published_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                prefix?: string;
            };
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.published.PublishedFile_"];
                };
            };
        };
    };
    get_published_file: {
        parameters: {
            query?: never;
            header?: {
                Range?: string | null;
            };
            path: {
                organisation: string;
                package: string;
                path: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_published_manifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    get_landing_page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    get_published_zip: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string | null;
                "If-Range"?: string | null;
                Range?: string | null;
            };
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    head_published_zip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation: string;
                package: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ask_for_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetAsked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    resolve_name: {
        parameters: {
            query: {
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Place"];
                };
            };
        };
    };
    list_satellites: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                text?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.satellite_catalogue.Satellite_"];
                };
            };
        };
    };
    get_satellite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                satellite: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Satellite"];
                };
            };
        };
    };
    get_satellite_track: {
        parameters: {
            query: {
                height_m?: number;
                latitude_deg?: number | null;
                longitude_deg?: number | null;
                organisation?: string | null;
                points?: number;
                site?: string | null;
                start: string;
                step_s?: number;
            };
            header?: never;
            path: {
                satellite: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SatelliteTrack"];
                };
            };
        };
    };
    get_catalogue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueStatus"];
                };
            };
        };
    };
    import_element_sets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ElementFiles"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueImports"];
                };
            };
        };
    };
    find_crossings: {
        parameters: {
            query: {
                brighter_than?: number | null;
                certain_only?: boolean;
                convention?: "geometric" | "astrometric";
                dec_deg?: number | null;
                dec_rate_arcsec_s?: number;
                exposure_s: number;
                height_deg?: number | null;
                height_m?: number;
                latitude_deg?: number | null;
                longitude_deg?: number | null;
                min_altitude_deg?: number;
                near?: string | null;
                organisation?: string | null;
                polygon?: string | null;
                position_angle_deg?: number;
                ra_deg?: number | null;
                ra_rate_arcsec_s?: number;
                radius_deg?: number | null;
                satellite?: number[] | null;
                site?: string | null;
                start: string;
                text?: string;
                width_deg?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FieldCrossings"];
                };
            };
        };
    };
    find_crossings_votable: {
        parameters: {
            query: {
                brighter_than?: number | null;
                certain_only?: boolean;
                convention?: "geometric" | "astrometric";
                dec_deg?: number | null;
                dec_rate_arcsec_s?: number;
                exposure_s: number;
                height_deg?: number | null;
                height_m?: number;
                latitude_deg?: number | null;
                longitude_deg?: number | null;
                min_altitude_deg?: number;
                near?: string | null;
                organisation?: string | null;
                polygon?: string | null;
                position_angle_deg?: number;
                ra_deg?: number | null;
                ra_rate_arcsec_s?: number;
                radius_deg?: number | null;
                satellite?: number[] | null;
                site?: string | null;
                start: string;
                text?: string;
                width_deg?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-votable+xml": string;
                };
            };
        };
    };
    find_passes: {
        parameters: {
            query?: {
                brighter_than?: number | null;
                cursor?: string | null;
                end?: string | null;
                height_m?: number;
                latitude_deg?: number | null;
                limit?: number;
                longitude_deg?: number | null;
                min_altitude_deg?: number;
                night?: string | null;
                organisation?: string | null;
                satellite?: number[] | null;
                site?: string | null;
                start?: string | null;
                sunlit_only?: boolean;
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PassList"];
                };
            };
        };
    };
    find_passes_votable: {
        parameters: {
            query?: {
                brighter_than?: number | null;
                cursor?: string | null;
                end?: string | null;
                height_m?: number;
                latitude_deg?: number | null;
                limit?: number;
                longitude_deg?: number | null;
                min_altitude_deg?: number;
                night?: string | null;
                organisation?: string | null;
                satellite?: number[] | null;
                site?: string | null;
                start?: string | null;
                sunlit_only?: boolean;
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-votable+xml": string;
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionToken"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sign_in_second_step: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondStep"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    list_teams: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.teams.TeamView_"];
                };
            };
        };
    };
    get_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamView"];
                };
            };
        };
    };
    remove_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rename_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTeamName"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamView"];
                };
            };
        };
    };
    list_team_activity: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.teams.Activity_"];
                };
            };
        };
    };
    list_team_datasets: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.teams.SharedDataset_"];
                };
            };
        };
    };
    list_team_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                folder?: string;
                limit?: number;
                whole_tree?: boolean;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.team_files.TeamEntry_"];
                };
            };
        };
    };
    get_team_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamFile"];
                };
            };
        };
    };
    get_team_file_content: {
        parameters: {
            query?: {
                version?: number | null;
            };
            header?: never;
            path: {
                file_id: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    restore_team_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Restoration"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamFile"];
                };
            };
        };
    };
    list_team_file_versions: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                file_id: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.team_files.TeamFileVersion_"];
                };
            };
        };
    };
    move_team_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Move"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
        };
    };
    trash_team_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Trashing"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.invitations.Invitation_"];
                };
            };
        };
    };
    add_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation_id: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_team_members: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.teams.TeamMember_"];
                };
            };
        };
    };
    set_team_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                email: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTeamRole"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMember"];
                };
            };
        };
    };
    remove_team_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                email: string;
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_team_storage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamStorage"];
                };
            };
        };
    };
    list_team_trash: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                path?: string | null;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.team_files.TeamFile_"];
                };
            };
        };
    };
    empty_team_trash: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
        };
    };
    restore_team_folder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FolderToRestore"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restored"];
                };
            };
        };
    };
    start_team_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTeamUpload"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
        };
    };
    get_team_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
        };
    };
    complete_team_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Completion"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Completed"];
                };
            };
        };
    };
    sign_team_parts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                position: number;
                team: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Parts"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.people.Token_"];
                };
            };
        };
    };
    make_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenWithSecret"];
                };
            };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_tonight: {
        parameters: {
            query?: {
                height_m?: number;
                latitude_deg?: number | null;
                longitude_deg?: number | null;
                night?: string | null;
                organisation?: string | null;
                site?: string | null;
                step_s?: number;
                target?: string[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaceNight"];
                };
            };
        };
    };
    list_tree: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                path?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_service.actions.tree.TreeEntry_"];
                };
            };
        };
    };
    read_tree_addresses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TreePaths"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TreeAddresses"];
                };
            };
        };
    };
    read_tree_beginnings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TreePaths"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TreeBeginnings"];
                };
            };
        };
    };
    read_tree_entries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TreePaths"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TreeEntries"];
                };
            };
        };
    };
}

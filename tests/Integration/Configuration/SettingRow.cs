using System.Text.Json.Nodes;

namespace Harbor.Integration.Configuration;

/// <summary>One setting as Harbor documents it.</summary>
/// <param name="Default">As JSON.</param>
/// <param name="Put">Whether PUT takes it.</param>
/// <param name="Get">Whether GET shows it.</param>
/// <param name="Other">Another value that it may have, as JSON; null when PUT does not take it.</param>
public sealed record SettingRow(string Name, string Default, bool Put, bool Get, string? Other)
{
    /// <summary>Harbor's table of settings, transcribed; never taken from the server.</summary>
    public static IReadOnlyList<SettingRow> All { get; } = [.. """
        auth_mode                           "db_auth"    y y  "oidc_auth"
        primary_auth_mode                   false        y y  true
        ldap_base_dn                        ""           y y  "dc=example,dc=com"
        ldap_filter                         ""           y y  "(objectClass=person)"
        ldap_group_base_dn                  ""           y y  "ou=groups,dc=example,dc=com"
        ldap_group_admin_dn                 ""           y y  "cn=admins,dc=example,dc=com"
        ldap_group_attribute_name           ""           y y  "cn"
        ldap_group_search_filter            ""           y y  "(objectClass=groupOfNames)"
        ldap_group_search_scope             2            y y  0
        ldap_scope                          2            y y  1
        ldap_search_dn                      ""           y y  "cn=reader,dc=example,dc=com"
        ldap_search_password                ""           y -  "hidden-ldap-password"
        ldap_timeout                        5            y y  7
        ldap_uid                            "cn"         y y  "uid"
        ldap_url                            ""           y y  "ldaps://ldap.example.com"
        ldap_verify_cert                    true         y y  false
        ldap_group_membership_attribute     "memberof"   y y  "member"
        ldap_group_attach_parallel          false        y y  true
        project_creation_restriction        "everyone"   y y  "adminonly"
        read_only                           false        y y  true
        self_registration                   false        y y  true
        token_expiration                    30           y y  31
        uaa_client_id                       ""           y y  "harbor"
        uaa_client_secret                   ""           y y  "shown-uaa-secret"
        uaa_endpoint                        ""           y y  "https://uaa.example.com"
        uaa_verify_cert                     false        y y  true
        http_authproxy_endpoint             ""           y y  "https://proxy.example.com/login"
        http_authproxy_tokenreview_endpoint ""           y y  "https://proxy.example.com/review"
        http_authproxy_admin_groups         ""           y y  "admins"
        http_authproxy_admin_usernames      ""           y y  "root,toor"
        http_authproxy_verify_cert          true         y y  false
        http_authproxy_skip_search          false        y y  true
        http_authproxy_server_certificate   ""           y y  "-----BEGIN CERTIFICATE-----"
        oidc_name                           ""           y y  "Firma"
        oidc_endpoint                       ""           y y  "https://id.example.com/realm"
        oidc_client_id                      ""           y y  "harbor"
        oidc_client_secret                  ""           y -  "hidden-oidc-secret"
        oidc_groups_claim                   ""           y y  "groups"
        oidc_admin_group                    ""           y y  "admins"
        oidc_group_filter                   ""           y y  "^team-.*$"
        oidc_scope                          ""           y y  "openid,email,offline_access"
        oidc_user_claim                     ""           y y  "preferred_username"
        oidc_verify_cert                    true         y y  false
        oidc_auto_onboard                   false        y y  true
        oidc_extra_redirect_parms           "{}"         y y  "{\"a\":\"1\",\"prompt\":\"login\"}"
        oidc_logout                         false        y y  true
        robot_token_duration                30           y y  90
        robot_name_prefix                   "robot$"     y y  "bot_"
        notification_enable                 true         y y  false
        quota_per_project_enable            true         y y  false
        storage_per_project                 -1           y y  1125899906842624
        pull_time_update_disable            false        - -
        pull_count_update_disable           false        - -
        pull_audit_log_disable              false        - -
        audit_log_forward_endpoint          ""           y y  "(a listener of the test)"
        skip_audit_log_database             false        y y  true
        scanner_skip_update_pulltime        false        y y  true
        disabled_audit_log_event_types      ""           y y  "pull_artifact,login_user"
        session_timeout                     60           y y  9999999999
        banner_message                      ""           y y  "{\"message\":\"Wartung ab 22 Uhr\",\"type\":\"warning\"}"
        """.Split('\n').Select(Read)];

    public JsonNode DefaultNode => JsonNode.Parse(Default)!;

    private static SettingRow Read(string line)
    {
        var words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
        return new SettingRow(words[0], words[1], words[2] == "y", words[3] == "y", words.ElementAtOrDefault(4)?.Trim());
    }
}

using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Configuration;
using Harbor.Oci;
using Harbor.Platform.Http;
using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.SystemInfo;

/// <summary>What the registry tells of itself. Harbor API tags <c>ping</c>, <c>health</c> and <c>systeminfo</c>.</summary>
internal static class SystemInfoEndpoints
{
    public static void MapSystemInfo(this RouteGroupBuilder api)
    {
        api.MapGet("/ping", () => TypedResults.Text("Pong")).WithTags("ping").WithName("getPing").Produces<string>(contentType: "text/plain").AllowUnexamined();
        api.MapGet("/health", GetHealth).WithTags("health").WithName("getHealth").AllowUnexamined();

        var info = api.MapGroup("/systeminfo").WithTags("systeminfo");
        info.MapGet("/", Get).WithName("getSystemInfo").AllowAnyone();
        info.MapGet("/volumes", GetVolumes).WithName("getVolumes").RequireSystem(Resource.SystemVolumes, AccessAction.Read);
        info.MapGet("/getcert", GetCert).WithName("getCert").Produces<byte[]>(contentType: CaCertificate.ContentType).AllowUnexamined();
    }

    /// <summary>Outside the API's base path, because it says what that path is.</summary>
    public static void MapApiVersion(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/version", () => JsonAnswer.Of(new VersionDto { Version = "v2.0" })).AllowUnexamined();

    private static async Task<JsonAnswer<OverallHealthDto>> GetHealth(HealthMonitor monitor, CancellationToken ct) =>
        JsonAnswer.Of(await monitor.GetAsync(ct));

    private static async Task<JsonAnswer<GeneralInfoDto>> Get(
        HttpContext http, Settings settings, HarborOptions options, CaCertificate certificate, TimeProvider clock, CancellationToken ct)
    {
        var values = await settings.GetAsync(ct);
        var authMode = values.Get(KnownSettings.AuthMode);
        var info = new GeneralInfoDto
        {
            AuthMode = authMode,
            PrimaryAuthMode = values.Get(KnownSettings.PrimaryAuthMode),
            SelfRegistration = values.Get(KnownSettings.SelfRegistration),
            BannerMessage = values.Get(KnownSettings.BannerMessage),
            AuthproxySettings = authMode == KnownSettings.AuthProxyUsers ? AuthProxyOf(values) : null,
            OidcProviderName = authMode == KnownSettings.OidcUsers ? values.Get(KnownSettings.OidcName) : string.Empty,
        };
        if (!http.Security().IsAuthenticated)
        {
            return JsonAnswer.Of(info);
        }

        var external = options.ExternalUrl?.GetLeftPart(UriPartial.Authority) ?? $"{http.Request.Scheme}://{http.Request.Host}";
        return JsonAnswer.Of(info with
        {
            HarborVersion = ServerVersion.Text,
            ExternalUrl = external,
            RegistryUrl = external[(external.IndexOf("://", StringComparison.Ordinal) + 3)..],
            ProjectCreationRestriction = values.Get(KnownSettings.ProjectCreationRestriction),
            HasCaRoot = external.StartsWith("https://", StringComparison.Ordinal) && await certificate.FindAsync(ct) is not null,
            RegistryStorageProviderName = "filesystem",
            ReadOnly = values.Get(KnownSettings.ReadOnly),
            NotificationEnable = values.Get(KnownSettings.NotificationEnable),
            CurrentTime = clock.GetUtcNow(),
        });
    }

    private static JsonAnswer<VolumesDto> GetVolumes(StorageUse storage) => JsonAnswer.Of(new VolumesDto
    {
        Storage = storage.Space is var (total, free) ? [new VolumeDto { Total = (ulong)total, Free = (ulong)free }] : [],
    });

    private static async Task<FileContentHttpResult> GetCert(CaCertificate certificate, CancellationToken ct) => await certificate.FindAsync(ct) is { } pem
        ? TypedResults.Bytes(pem, CaCertificate.ContentType, "ca.crt")
        : throw new RegistryException(ErrorCode.NotFound, "the registry has no CA certificate to download");

    private static AuthproxySettingDto AuthProxyOf(SettingValues values) => new()
    {
        Endpoint = values.Get(KnownSettings.HttpAuthProxyEndpoint),
        TokenreivewEndpoint = values.Get(KnownSettings.HttpAuthProxyTokenReviewEndpoint),
        SkipSearch = values.Get(KnownSettings.HttpAuthProxySkipSearch),
        VerifyCert = values.Get(KnownSettings.HttpAuthProxyVerifyCert),
        ServerCertificate = values.Get(KnownSettings.HttpAuthProxyServerCertificate),
    };
}

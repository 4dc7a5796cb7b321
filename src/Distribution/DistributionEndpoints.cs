using Harbor.Distribution.Blobs;
using Harbor.Distribution.Catalog;
using Harbor.Distribution.Manifests;
using Harbor.Distribution.Referrers;
using Harbor.Distribution.Routing;
using Harbor.Distribution.Tags;
using Harbor.Distribution.Uploads;
using Harbor.Modules.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Distribution;

/// <summary>Every route of the registry protocol, with what it takes to be let in.</summary>
/// <remarks>The paths are those that <see cref="RegistryPathMiddleware"/> makes: <c>_</c> stands for the repository's name.</remarks>
internal static class DistributionEndpoints
{
    public const string Ping = "/v2/";
    public const string Catalog = "/v2/_catalog";
    public const string Tags = "/v2/_/tags/list";
    public const string Manifest = "/v2/_/manifest";
    public const string Blob = "/v2/_/blob";
    public const string Uploads = "/v2/_/uploads";
    public const string Upload = "/v2/_/upload";
    public const string Referrers = "/v2/_/referrers";
    public const string Unknown = "/v2/_unknown";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var gate = services.GetRequiredService<RegistryGate>();
        var refusals = services.GetRequiredService<Refusals>();
        var manifests = services.GetRequiredService<ManifestEndpoints>();
        var blobs = services.GetRequiredService<BlobEndpoints>();
        var uploads = services.GetRequiredService<UploadEndpoints>();

        //  Method    Path        Permission on the project's repositories; the handlers tell the gates behind it
        On("GET,HEAD", Manifest, AccessAction.Pull, manifests.GetAsync);        // end-3
        On("PUT", Manifest, AccessAction.Push, manifests.PutAsync);             // end-7: references, quota
        On("DELETE", Manifest, AccessAction.Delete, manifests.DeleteAsync);     // end-9: parents
        On("HEAD", Blob, AccessAction.Pull, blobs.HeadAsync);                   // end-2
        On("GET", Blob, AccessAction.Pull, blobs.GetAsync);                     // end-2
        On("DELETE", Blob, AccessAction.Delete, blobs.DeleteAsync);             // end-10: uses
        On("POST", Uploads, AccessAction.Push, uploads.StartAsync);             // end-4, end-11: quota, pull on the mount's source
        On("GET", Upload, AccessAction.Pull, uploads.StatusAsync);              // end-13
        On("PATCH", Upload, AccessAction.Push, uploads.AppendAsync);            // end-5
        On("PUT", Upload, AccessAction.Push, uploads.FinishAsync);              // end-6: quota
        On("DELETE", Upload, AccessAction.Delete, uploads.CancelAsync);         // end-14
        On("GET", Tags, AccessAction.Pull, services.GetRequiredService<TagEndpoints>().ListAsync);             // end-8
        On("GET", Referrers, AccessAction.Pull, services.GetRequiredService<ReferrerEndpoints>().ListAsync);   // end-12
        routes.MapMethods(Catalog, ["GET"], services.GetRequiredService<CatalogEndpoints>().ListAsync);        // checks system catalog:read
        routes.MapMethods(Ping, ["GET", "HEAD"], http => PingAsync(http, refusals));                         // end-1: a named caller
        routes.Map("/v2/{**path}", Refuse);

        void On(string methods, string path, AccessAction action, Func<RegistryRequest, Task> handler) =>
            routes.MapMethods(path, methods.Split(','), async http => await handler(await gate.EnterAsync(http, action)));
    }

    private static Task PingAsync(HttpContext http, Refusals refusals)
    {
        if (!http.Security().IsAuthenticated)
        {
            throw refusals.Challenge(http, "unauthorized");
        }

        http.Response.Headers[RegistryHeaders.ApiVersion] = RegistryHeaders.ApiVersionValue;
        return JsonBody.WriteAsync(http.Response, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }, http.RequestAborted);
    }

    // A path that names nothing, or a method that nothing answers: Harbor gives no hint which.
    private static Task Refuse(HttpContext http) => throw Refusals.Plain(http, "unauthorized");
}

using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Reads what a browser's form sends.</summary>
public static class Forms
{
    /// <summary>The form; empty when the body is not one.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: the body says that it is a form, and is not.</exception>
    public static async ValueTask<IFormCollection> ReadAsync(HttpContext http, CancellationToken ct)
    {
        try
        {
            return http.Request.HasFormContentType ? await http.Request.ReadFormAsync(ct) : FormCollection.Empty;
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new RegistryException(ErrorCode.BadRequest, "the form is malformed", inner: e);
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access.Internal;

/// <summary>Parts of the installation by <c>Authorization: Harbor-Secret</c>. Whoever tries it is judged by it alone.</summary>
internal sealed class InternalAuthenticator(HarborOptions options) : IAuthenticator
{
    private const string Scheme = "Harbor-Secret";

    private readonly (byte[] Hash, InternalContext Context)[] known =
    [
        .. new (Secret? Secret, string Part)[] { (options.CoreSecret, "harbor-core"), (options.JobServiceSecret, "harbor-jobservice") }
            .Where(each => each.Secret is not null)
            .Select(each => (Hash(each.Secret!.Reveal()), new InternalContext(each.Part))),
    ];

    public AuthenticationStep Step => AuthenticationStep.InternalSecret;

    public ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct) => ValueTask.FromResult<SecurityContext?>(
        http.Request.Headers.Authorization is [{ } header, ..] && TryRead(header, out var secret) ? Judge(secret) : null);

    private InternalContext Judge(string secret)
    {
        var hash = Hash(secret);
        var found = InternalContext.Refused;
        foreach (var (mine, context) in known.Reverse())
        {
            found = CryptographicOperations.FixedTimeEquals(hash, mine) ? context : found;   // all are looked at, found or not
        }

        return found;
    }

    private static bool TryRead(string header, out string secret)
    {
        var isOurs = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (header.Length == Scheme.Length || header[Scheme.Length] == ' ');
        secret = isOurs ? header[Scheme.Length..].Trim() : string.Empty;
        return isOurs;
    }

    // Hashes are of one length, so that the comparison tells nothing of the secret's.
    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}

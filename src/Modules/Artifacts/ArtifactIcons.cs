using System.Collections.Frozen;

namespace Harbor.Modules.Artifacts;

/// <summary>Pictures of kinds of artifacts, under the digests by which Harbor's clients know its own. Ours are drawn anew, so the digests are names only.</summary>
internal static class ArtifactIcons
{
    private const string Sbom = "sha256:c19f80c357cd7e90d2a01b9ae3e2eb62ce447a2662bb590a19177d72d550bdae";
    private const string Other = "sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f";

    private static readonly FrozenDictionary<string, string> OfTypes = new Dictionary<string, string>
    {
        ["IMAGE"] = "sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06",
        ["CHART"] = "sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518",
        ["CNAB"] = "sha256:089bdda265c14d8686111402c8ad629e8177a1ceb7dcd0f7f39b6480f623b3bd",
        ["WASM"] = "sha256:badd7693bcaf115be202748241dd0ea6ee3b0524bfab9ac22d1e1c43721afec6",
        ["CNAI"] = "sha256:1e1e5c5fdaf0931ec8655e835d1182f723a0c322a6760211622e1270f0193717",
        ["SBOM"] = Sbom,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> OfAccessories = new Dictionary<string, string>
    {
        ["signature.cosign"] = "sha256:20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882",
        ["signature.notation"] = "sha256:3ac706e102bbe9362b400aa162df58135d35e66b9c3bee2165de92022d25fe34",
        ["accelerator.nydus"] = "sha256:dfcb6617cd9c144358dc1b305b87bbe34f0b619f1e329116e6aee2e41f2e34cf",
        ["sbom.harbor"] = Sbom,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, byte[]> Pictures = OfTypes.Concat(OfAccessories)
        .Select(icon => (Digest: icon.Value, Name: icon.Key.ToLowerInvariant()))
        .Append((Digest: Other, Name: "other"))
        .DistinctBy(icon => icon.Digest)
        .ToFrozenDictionary(icon => icon.Digest, icon => Read(icon.Name));

    public static string OfType(string type) => OfTypes.GetValueOrDefault(type, Other);

    /// <summary>Empty for what only names a subject.</summary>
    public static string OfAccessory(string type) => OfAccessories.GetValueOrDefault(type, string.Empty);

    /// <summary>The picture of that name as PNG; null when there is none.</summary>
    public static byte[]? Find(string digest) => Pictures.GetValueOrDefault(digest);

    private static byte[] Read(string name)
    {
        using var stream = typeof(ArtifactIcons).Assembly.GetManifestResourceStream($"{typeof(ArtifactIcons).Namespace}.Icons.{name}.png")
            ?? throw new InvalidOperationException($"There is no picture {name}.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}

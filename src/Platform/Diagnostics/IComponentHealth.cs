namespace Harbor.Platform.Diagnostics;

/// <summary>Tells whether one part of the registry does its work. Harbor's clients know the parts by fixed names.</summary>
public interface IComponentHealth
{
    /// <summary>Such as <c>database</c> or <c>registry</c>.</summary>
    string Name { get; }

    /// <summary>Null when all is well; else what is wrong, in words that everybody may read: the health of the registry is public.</summary>
    /// <remarks>A check that throws, or takes longer than a few seconds, has failed too; why goes to the log.</remarks>
    Task<string?> CheckAsync(CancellationToken ct);
}

namespace Harbor.Modules.Access.Internal;

/// <summary>Another part of the installation, which showed the secret that the operator gave it. It may do everything, and is no user.</summary>
public sealed class InternalContext : SecurityContext
{
    /// <summary>Who showed a secret that nobody has: nothing at all is permitted, not even what is to anonymous callers.</summary>
    internal static readonly InternalContext Refused = new(null);

    private readonly string? part;

    /// <param name="part">Such as <c>harbor-core</c>; null for none.</param>
    internal InternalContext(string? part) => this.part = part;

    public override string Name => part ?? string.Empty;

    public override bool IsAuthenticated => part is not null;

    public override bool Can(Resource resource, AccessAction action) => IsAuthenticated;

    public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) =>
        ValueTask.FromResult(IsAuthenticated);
}

using Harbor.Platform.Data;

namespace Harbor.Modules.Quotas;

/// <summary>What a project holds by its repositories, whatever was counted of it. Answered by the Artifacts module.</summary>
public interface IHeldContent
{
    /// <summary>Digests that <c>project_blob</c> counts other than the repositories hold them, all looked at in one instant.</summary>
    /// <remarks>Both are written in one transaction, so in no instant do they differ, unless a defect or a hand made them.</remarks>
    Task<byte[][]> FindMiscountedAsync(long projectId, int limit, CancellationToken ct);

    /// <summary>What of <paramref name="digests"/> the repositories hold; what none of them holds is absent.</summary>
    Task<IReadOnlyList<HeldContent>> CountAsync(Transaction tx, long projectId, byte[][] digests);
}

/// <param name="SizeBytes">What the project pays for it, once.</param>
/// <param name="Count">How many links and visible artifacts hold it.</param>
public sealed record HeldContent(byte[] Digest, long SizeBytes, int Count);

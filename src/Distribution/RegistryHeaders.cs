namespace Harbor.Distribution;

/// <summary>Header names of the registry protocol.</summary>
internal static class RegistryHeaders
{
    public const string ApiVersion = "Docker-Distribution-Api-Version";
    public const string ContentDigest = "Docker-Content-Digest";
    public const string UploadId = "Docker-Upload-UUID";
    public const string ChunkMinLength = "OCI-Chunk-Min-Length";
    public const string FiltersApplied = "OCI-Filters-Applied";
    public const string Subject = "OCI-Subject";
    public const string Tag = "OCI-Tag";
    public const string TotalCount = "X-Total-Count";

    public const string ApiVersionValue = "registry/2.0";
}

namespace Harbor.Oci;

/// <summary>What a refusal is called on the wire, and the HTTP status it travels with.</summary>
/// <param name="Text">Code in the error envelope.</param>
/// <param name="Status">HTTP status code.</param>
/// <remarks>Sources: Harbor's error envelope; OCI distribution-spec 1.1, "Error codes".</remarks>
public sealed record ErrorCode(string Text, int Status)
{
    // Harbor's own
    public static readonly ErrorCode BadRequest = new("BAD_REQUEST", 400);
    public static readonly ErrorCode Unauthorized = new("UNAUTHORIZED", 401);
    public static readonly ErrorCode Forbidden = new("FORBIDDEN", 403);
    public static readonly ErrorCode Denied = new("DENIED", 403);
    public static readonly ErrorCode NotFound = new("NOT_FOUND", 404);
    public static readonly ErrorCode MethodNotAllowed = new("METHOD_NOT_ALLOWED", 405);
    public static readonly ErrorCode Conflict = new("CONFLICT", 409);
    public static readonly ErrorCode Precondition = new("PRECONDITION", 412);
    public static readonly ErrorCode ForeignKeyConstraint = new("VIOLATE_FOREIGN_KEY_CONSTRAINT", 412);
    public static readonly ErrorCode ProjectPolicyViolation = new("PROJECTPOLICYVIOLATION", 412);
    public static readonly ErrorCode RequestEntityTooLarge = new("REQUEST_ENTITY_TOO_LARGE", 413);
    public static readonly ErrorCode UnprocessableEntity = new("UNPROCESSABLE_ENTITY", 422);
    public static readonly ErrorCode TooManyRequests = new("TOO_MANY_REQUEST", 429);
    public static readonly ErrorCode Unknown = new("UNKNOWN", 500);
    public static readonly ErrorCode ServiceUnavailable = new("SERVICE_UNAVAILABLE", 503);
    public static readonly ErrorCode InsufficientStorage = new("INSUFFICIENT_STORAGE", 507);

    // The registry protocol's
    public static readonly ErrorCode BlobUnknown = new("BLOB_UNKNOWN", 404);
    public static readonly ErrorCode BlobUploadInvalid = new("BLOB_UPLOAD_INVALID", 400);
    public static readonly ErrorCode BlobUploadUnknown = new("BLOB_UPLOAD_UNKNOWN", 404);
    public static readonly ErrorCode DigestInvalid = new("DIGEST_INVALID", 400);
    public static readonly ErrorCode ManifestBlobUnknown = new("MANIFEST_BLOB_UNKNOWN", 404);
    public static readonly ErrorCode ManifestInvalid = new("MANIFEST_INVALID", 400);
    public static readonly ErrorCode NameInvalid = new("NAME_INVALID", 400);
    public static readonly ErrorCode RangeInvalid = new("RANGE_INVALID", 416);
    public static readonly ErrorCode SizeInvalid = new("SIZE_INVALID", 400);
    public static readonly ErrorCode Unsupported = new("UNSUPPORTED", 400);
}

using System.Text.Json.Serialization;

namespace Harbor.Contracts;

/// <summary>Every type that travels in a body of the management API, its lists included.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    PropertyNameCaseInsensitive = true,
    Converters = [typeof(WireTimeConverter), typeof(RawJsonConverter)])]
[JsonSerializable(typeof(ProjectDto))]
[JsonSerializable(typeof(IReadOnlyList<ProjectDto>))]
[JsonSerializable(typeof(ProjectRequest))]
[JsonSerializable(typeof(ProjectDeletableDto))]
[JsonSerializable(typeof(ProjectSummaryDto))]
[JsonSerializable(typeof(ProjectMemberDto))]
[JsonSerializable(typeof(IReadOnlyList<ProjectMemberDto>))]
[JsonSerializable(typeof(ProjectMemberRequest))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(RepositoryDto))]
[JsonSerializable(typeof(IReadOnlyList<RepositoryDto>))]
[JsonSerializable(typeof(RepositoryRequest))]
[JsonSerializable(typeof(ArtifactDto))]
[JsonSerializable(typeof(IReadOnlyList<ArtifactDto>))]
[JsonSerializable(typeof(IReadOnlyList<TagDto>))]
[JsonSerializable(typeof(IReadOnlyList<AccessoryDto>))]
[JsonSerializable(typeof(OverallHealthDto))]
[JsonSerializable(typeof(GeneralInfoDto))]
[JsonSerializable(typeof(VolumesDto))]
[JsonSerializable(typeof(VersionDto))]
[JsonSerializable(typeof(StatisticDto))]
[JsonSerializable(typeof(SearchDto))]
[JsonSerializable(typeof(PermissionsDto))]
[JsonSerializable(typeof(IReadOnlyList<PermissionDto>))]
[JsonSerializable(typeof(UserDto))]
[JsonSerializable(typeof(IReadOnlyList<UserDto>))]
[JsonSerializable(typeof(IReadOnlyList<UserSearchItemDto>))]
[JsonSerializable(typeof(UserCreationRequest))]
[JsonSerializable(typeof(UserProfileRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(SysAdminRequest))]
[JsonSerializable(typeof(IReadOnlyList<AuditLogDto>))]
[JsonSerializable(typeof(IReadOnlyList<AuditLogExtDto>))]
[JsonSerializable(typeof(IReadOnlyList<AuditLogEventTypeDto>))]
public sealed partial class HarborJsonContext : JsonSerializerContext;

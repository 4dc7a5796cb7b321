using System.Text.Json;
using Harbor.Contracts;
using Xunit;

namespace Harbor.Unit.Contracts;

public sealed class HarborJsonTests
{
    [Fact]
    public void A_bare_project_keeps_its_count_its_times_and_its_arrays_and_nothing_else() =>
        Assert.Equal(
            """{"name":"web","creation_time":"0001-01-01T00:00:00.000Z","update_time":"0001-01-01T00:00:00.000Z","current_user_role_ids":null,"repo_count":0}""",
            Write(new ProjectDto { Name = "web" }));

    [Fact]
    public void Texts_that_may_be_set_to_nothing_are_written_when_they_are() =>
        Assert.Equal("""{"public":"true","severity":"","auto_scan":"false"}""", Write(new ProjectRequest
        {
            Metadata = new ProjectMetadataDto { Public = "true", Severity = "", AutoScan = "false" },
        })["{\"metadata\":".Length..^1]);

    [Fact]
    public void A_bare_artifact_has_null_arrays_a_never_pulled_time_and_no_inherited_accessories() =>
        Assert.Equal(
            """{"digest":"sha256:0","push_time":"2024-05-01T10:20:30.123Z","pull_time":"0001-01-01T00:00:00.000Z","references":null,"tags":null,"labels":null,"accessories":null}""",
            Write(new ArtifactDto { Digest = "sha256:0", PushTime = new DateTimeOffset(2024, 5, 1, 12, 20, 30, 123, TimeSpan.FromHours(2)) }));

    [Fact]
    public void An_empty_list_that_is_stored_stays_an_empty_list() =>
        Assert.Contains("\"items\":[]", Write(new ProjectDto { Name = "web", CveAllowlist = new CveAllowlistDto { Items = [] } }), StringComparison.Ordinal);

    [Fact]
    public void A_list_that_was_not_loaded_is_null() =>
        Assert.Contains("\"items\":null", Write(new ProjectDto { Name = "web", CveAllowlist = new CveAllowlistDto() }), StringComparison.Ordinal);

    [Fact]
    public void Zero_scalars_that_clients_rely_on_are_always_there() =>
        Assert.Equal(
            """{"private_project_count":0,"private_repo_count":0,"public_project_count":0,"public_repo_count":0,"total_project_count":0,"total_repo_count":0,"total_storage_consumption":0}""",
            Write(new StatisticDto()));

    [Fact]
    public void What_cannot_be_deleted_says_so_by_saying_nothing() =>
        Assert.Equal("""{"message":"no"}""", Write(new ProjectDeletableDto { Message = "no" }));

    [Fact]
    public void Attributes_travel_as_they_are_and_empty_maps_do_not_travel()
    {
        var artifact = Write(new ArtifactDto { Digest = "d", ExtraAttrs = new RawJson("""{"os":"linux"}"""), AdditionLinks = new Dictionary<string, AdditionLinkDto>() });

        Assert.Contains("""extra_attrs":{"os":"linux"}""", artifact, StringComparison.Ordinal);
        Assert.DoesNotContain("addition_links", artifact, StringComparison.Ordinal);
    }

    [Fact]
    public void A_platform_has_the_odd_names_of_Harbors_encoder() =>
        Assert.Equal("""{"architecture":"arm64","os":"linux","OsFeatures":null,"variant":"v8"}""",
            JsonSerializer.Serialize(new PlatformDto { Architecture = "arm64", Os = "linux", Variant = "v8" }, HarborJson.Options.GetTypeInfo(typeof(PlatformDto))));

    [Fact]
    public void Names_in_any_script_stay_readable() =>
        Assert.Contains("\"name\":\"größe <1>\"", Write(new ProjectDto { Name = "größe <1>" }), StringComparison.Ordinal);

    [Fact]
    public void Unknown_fields_are_ignored_and_names_match_in_any_case()
    {
        var request = JsonSerializer.Deserialize("""{"Project_Name":"web","owner_id":7,"storage_limit":-1}""", HarborJson.TypeInfo<ProjectRequest>());

        Assert.Equal(("web", -1L), (request!.ProjectName, request.StorageLimit));
    }

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, HarborJson.TypeInfo<T>());
}

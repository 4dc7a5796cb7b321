using System.Net;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>What a robot's permissions allow through the registry protocol, by Basic and by token.</summary>
public sealed class RobotTests(SharedHarbor shared)
{
    private static int robots;

    [Theory]
    [InlineData(false, "repository:pull", true, false, false)]
    [InlineData(false, "repository:push", true, true, false)]    // in its project, whoever pushes pulls
    [InlineData(true, "repository:push", false, true, false)]    // given by the system, it is to the letter
    [InlineData(false, "repository:pull repository:push repository:delete", true, true, true)]
    [InlineData(true, "repository:pull repository:push repository:delete", true, true, true)]
    [InlineData(false, "artifact:read tag:list", false, false, false)]
    public async Task A_robot_is_let_do_what_it_was_given(bool ofSystem, string access, bool pulls, bool pushes, bool deletes)
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        var name = $"robot{Interlocked.Increment(ref robots)}";
        var (login, secret) = ofSystem
            ? await repository.SystemRobotAsync(name, repository.Project, access.Split(' '))
            : await repository.RobotAsync(name, access.Split(' '));
        var basic = shared.Harbor.ClientAs(login, secret);
        var token = (await Answer.ToAsync(basic, HttpMethod.Get, $"/service/token?service=harbor-registry&scope=repository:{repository.Name}:pull,push"))
            .Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;
        foreach (var robot in (TestRepository[])[repository.As(basic), repository.As(shared.Harbor.ClientWithToken(token))])
        {
            (await robot.GetAsync("/v2/")).Is(HttpStatusCode.OK);
            Expect(pulls, HttpStatusCode.OK, await robot.GetAsync("manifests/v1"));
            Expect(pulls, HttpStatusCode.OK, await robot.GetAsync("tags/list"));
            Expect(pushes, HttpStatusCode.Accepted, await robot.PostAsync("blobs/uploads/"));
            Expect(pushes, HttpStatusCode.Created, await robot.PutManifestAsync("v2", image));
            Expect(deletes, HttpStatusCode.NoContent, await robot.DeleteAsync(await repository.StartUploadAsync()));
            (await robot.GetAsync("/v2/_catalog")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        }

        Expect(deletes, HttpStatusCode.Accepted, await repository.As(basic).DeleteAsync($"manifests/{image.Digest}"));
    }

    [Fact]
    public async Task A_blob_is_mounted_from_where_the_robot_may_pull_and_uploaded_otherwise()
    {
        var (target, source) = (await shared.RepositoryAsync(), await shared.RepositoryAsync());
        var blob = await source.PushBlobAsync(Content.Random());
        async Task<Answer> MountAsync((string Name, string Secret) robot) =>
            await target.As(shared.Harbor.ClientAs(robot.Name, robot.Secret)).PostAsync($"blobs/uploads/?mount={blob.Digest}&from={source.Name}");

        (await MountAsync(await target.RobotAsync("narrow", "repository:push"))).Is(HttpStatusCode.Accepted);
        (await MountAsync(await target.SystemRobotAsync("wide", "*", "repository:pull", "repository:push"))).Is(HttpStatusCode.Created);
    }

    private static void Expect(bool allowed, HttpStatusCode success, Answer answer)
    {
        if (allowed)
        {
            answer.Is(success);
        }
        else
        {
            answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        }
    }
}

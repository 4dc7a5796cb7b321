using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http.Binding;

/// <summary>What is wrong with one request's parameters and body. All of it is told at once, as Harbor tells it.</summary>
public sealed class RequestProblems
{
    private readonly List<string> problems = [];

    /// <summary>The problems of this request; one list, made when first asked for.</summary>
    public static RequestProblems Of(HttpContext http)
    {
        if (http.Features.Get<RequestProblems>() is not { } problems)
        {
            problems = new RequestProblems();
            http.Features.Set(problems);
        }

        return problems;
    }

    public void Missing(string name, string place) => problems.Add($"{name} in {place} is required");

    public void WrongType(string name, string place, string type, string given) =>
        problems.Add($"{name} in {place} must be of type {type}: \"{given}\"");

    public void TooLarge(string name, string place, long maximum) => problems.Add($"{name} in {place} should be less than or equal to {maximum}");

    public void TooLong(string name, string place, int characters) => problems.Add($"{name} in {place} should be at most {characters} chars long");

    public void Add(string problem) => problems.Add(problem);

    /// <exception cref="RegistryException"><c>UNPROCESSABLE_ENTITY</c>: a line that says so, then a line per problem.</exception>
    public void ThrowIfAny()
    {
        if (problems.Count > 0)
        {
            throw new RegistryException(ErrorCode.UnprocessableEntity, "validation failure list:\n" + string.Join('\n', problems));
        }
    }
}

using System.Text.Json.Serialization;

namespace Harbor.Contracts;

/// <summary>A picture that stands for a kind of artifact.</summary>
public sealed record IconDto
{
    [JsonPropertyName("content-type")]
    public required string ContentType { get; init; }

    /// <summary>Its bytes in base64.</summary>
    public required string Content { get; init; }
}

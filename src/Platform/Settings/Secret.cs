namespace Harbor.Platform.Settings;

/// <summary>A value that must not be shown: it prints as <c>***</c> wherever it is formatted or logged.</summary>
public sealed class Secret(string value)
{
    /// <summary>Hands out the value. Every call is a place to look at in a review.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}

using Harbor.Contracts;

namespace Harbor.Modules.Labels;

/// <summary>What a label says, checked.</summary>
internal sealed record LabelText(string Name, string Description, string Color)
{
    public const int MaxName = 128;
    public const int MaxColor = 16;
    public const int MaxDescription = 1024;

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: no name, or something is too long.</exception>
    public static LabelText From(LabelRequest request)
    {
        var text = new LabelText(request.Name ?? string.Empty, request.Description ?? string.Empty, request.Color ?? string.Empty);
        if (text.Name.Length == 0)
        {
            throw LabelErrors.NameMissing();
        }

        Check("name", text.Name, MaxName);
        Check("description", text.Description, MaxDescription);
        Check("color", text.Color, MaxColor);
        return text;
    }

    private static void Check(string field, string text, int most)
    {
        if (text.EnumerateRunes().Count() > most)
        {
            throw LabelErrors.TooLong(field, most);
        }
    }
}

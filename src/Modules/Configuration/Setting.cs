using Harbor.Oci;

namespace Harbor.Modules.Configuration;

/// <summary>One setting that is changed at run time and kept in the database as text.</summary>
/// <param name="Name">Harbor's name of it.</param>
public abstract record Setting(string Name)
{
    /// <summary>Whether it is encrypted in the database.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether an administrator may read it.</summary>
    public bool IsShown { get; init; } = true;

    /// <summary>Whether an administrator may write it.</summary>
    public bool IsSettable { get; init; } = true;

    /// <summary>What a value has to be, to end the sentence "it must be ...".</summary>
    public string Requirement { get; init; } = "a text";

    /// <summary>The value as it is stored.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: it is not what the setting asks for. The value is not repeated.</exception>
    public abstract string Accept(string text);

    /// <summary>A text, a number or a truth value.</summary>
    internal abstract object ValueIn(SettingValues values);
}

/// <inheritdoc/>
/// <param name="Default">What stands until somebody sets it, or while what is stored makes no sense.</param>
public sealed record Setting<T>(string Name, T Default, TryParse<T> TryParse) : Setting(Name)
    where T : notnull
{
    /// <summary>How a value is stored.</summary>
    public required Func<T, string> Write { get; init; }

    public override string Accept(string text) =>
        !text.Contains('\0', StringComparison.Ordinal) && TryParse(text, out var value) ? Write(value) : throw ConfigurationErrors.Invalid(this);

    internal override object ValueIn(SettingValues values) => values.Get(this);
}

public delegate bool TryParse<T>(string text, out T value);

/// <summary>All settings at one moment. Immutable, so it may be cached.</summary>
/// <param name="stored">Texts by name, decrypted.</param>
public sealed class SettingValues(IReadOnlyDictionary<string, string> stored)
{
    public T Get<T>(Setting<T> setting)
        where T : notnull => stored.TryGetValue(setting.Name, out var text) && setting.TryParse(text, out var value) ? value : setting.Default;

    /// <summary>What is stored, whether it makes sense or not; null when nothing is.</summary>
    internal string? FindText(Setting setting) => stored.GetValueOrDefault(setting.Name);

    internal SettingValues With(IReadOnlyDictionary<Setting, string> changes)
    {
        var texts = new Dictionary<string, string>(stored, StringComparer.Ordinal);
        foreach (var (setting, text) in changes)
        {
            texts[setting.Name] = text;
        }

        return new SettingValues(texts);
    }
}

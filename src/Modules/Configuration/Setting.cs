namespace Harbor.Modules.Configuration;

/// <summary>One setting that is changed at run time and kept in the database as text.</summary>
/// <param name="Name">Harbor's name of it.</param>
/// <param name="Default">What stands until somebody sets it, or while what is stored makes no sense.</param>
public sealed record Setting<T>(string Name, T Default, TryParse<T> TryParse);

public delegate bool TryParse<T>(string text, out T value);

/// <summary>All settings at one moment. Immutable, so it may be cached.</summary>
public sealed class SettingValues(IReadOnlyDictionary<string, string> stored)
{
    public T Get<T>(Setting<T> setting) =>
        stored.TryGetValue(setting.Name, out var text) && setting.TryParse(text, out var value) ? value : setting.Default;
}

namespace Harbor.Unit.Architecture.Planted.Lower;

/// <summary>Violations: the disk and the console, used where neither belongs.</summary>
internal static class Sidesteps
{
    internal static class ReadsFile
    {
        public static async Task<int> LengthAsync(string path, CancellationToken ct) => (await File.ReadAllBytesAsync(path, ct)).Length;
    }

    internal static class WritesConsole
    {
        public static Action Make() => () => Console.WriteLine(LowerFace.Answer);
    }
}

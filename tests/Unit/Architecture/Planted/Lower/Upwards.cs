using Harbor.Unit.Architecture.Planted.Upper;

namespace Harbor.Unit.Architecture.Planted.Lower;

/// <summary>Violations: each class uses the upper part in another place where a reader of source or signatures might miss it.</summary>
internal static class Upwards
{
    internal static class InAsyncBody
    {
        public static async Task<int> RunAsync()
        {
            await Task.Yield();
            return UpperFace.Answer;
        }
    }

    internal static class InLambda
    {
        public static Func<int> Make(int add) => () => UpperFace.Answer + add;
    }

    internal static class InIterator
    {
        public static IEnumerable<int> List()
        {
            yield return UpperFace.Answer;
        }
    }

    [UpperMark(typeof(UpperFace))]
    internal static class InAttribute;

    internal static class InTypeArgument
    {
        public static object Make() => new Dictionary<string, UpperFace[]>();
    }

    internal static class InCatch
    {
        public static void Run(Action action)
        {
            try
            {
                action();
            }
            catch (UpperFaceException)
            {
            }
        }
    }
}

namespace ActorStack.Fuzz;

/// <summary>The kept inputs of each target, which together reach what long runs reached, and what they found.</summary>
internal static class Corpus
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Corpus");

    public static string[] Files(string target)
    {
        var directory = Path.Combine(Root, target);
        return Directory.Exists(directory) ? [.. Directory.GetFiles(directory).Order(StringComparer.Ordinal)] : [];
    }

    public static IReadOnlyList<byte[]> Inputs(string target) => [.. Files(target).Select(File.ReadAllBytes)];
}

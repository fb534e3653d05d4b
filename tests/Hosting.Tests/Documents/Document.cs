using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ActorStack.Hosting.Tests.Documents;

/// <summary>What the documents of the repository tell a reader to type.</summary>
internal static partial class Document
{
    private static readonly string[] Skipped = ["bin", "obj", "artifacts", "TestResults", ".git"];

    /// <summary>The top of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The paths of all documents from the top of the repository.</summary>
    public static IEnumerable<string> All =>
        from path in Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Root, path)
        where !name.Split('/').Intersect(Skipped).Any()
        orderby name
        select name;

    /// <summary>The commands in the blocks of a document, or in one section of it, without their comments.</summary>
    public static IReadOnlyList<string> Commands(string document, string? section = null) =>
    [
        .. from line in Section(document, section).Split('\n')
           let command = Command().Match(line)
           where command.Success
           select command.Groups[1].Value,
    ];

    /// <summary>The blocks of C# in a document.</summary>
    public static IReadOnlyList<string> Code(string document) =>
        [.. CodeBlock().Matches(Read(document)).Select(block => block.Groups[1].Value)];

    /// <summary>The text from a heading to the next one.</summary>
    private static string Section(string document, string? heading)
    {
        var text = Read(document);
        if (heading is null) return text;
        var begin = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        if (begin < 0) throw new ArgumentException($"{document} has no section '{heading}'", nameof(heading));
        var end = text.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        return end < 0 ? text[begin..] : text[begin..end];
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Root, document));

    private static string FindRoot([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", ".."));

    /// <summary>An indented line that begins with a program, after settings of its environment.</summary>
    [GeneratedRegex(@"^ {4}((?:[A-Z_]+=\S+ )*(?:(?:\./)?actorstack|dotnet|ip|nc|export|cd|curl|systemctl) .+?)(?:\s+# .*)?$")]
    private static partial Regex Command();

    [GeneratedRegex(@"^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}

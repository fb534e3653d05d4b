using System.Runtime.CompilerServices;

namespace ActorStack.Transport.Tests.Conformance;

public sealed class ConformanceTableTests
{
    private const string Begin = "<!-- made from the tests: ACTORSTACK_GOLDEN=write ./actorstack test --filter "
        + "FullyQualifiedName~ConformanceTable -->\n";
    private const string End = "<!-- -->\n";

    [Fact]
    public void The_README_of_Transport_says_of_each_RFC_which_sections_have_tests()
    {
        var readme = Path.Combine(Root(), "Transport", "README.md");
        var text = File.ReadAllText(readme);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, begin, StringComparison.Ordinal);
        var table = ConformanceTable.Make(Path.Combine(Root(), "tests"));
        if (Environment.GetEnvironmentVariable("ACTORSTACK_GOLDEN") == "write")
            File.WriteAllText(readme, text[..begin] + table + text[end..]);
        else Assert.Equal(table, text[begin..end]);
    }

    private static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", ".."));
}

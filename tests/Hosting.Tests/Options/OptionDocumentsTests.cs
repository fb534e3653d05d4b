using System.Runtime.CompilerServices;

namespace ActorStack.Hosting.Tests.Options;

/// <summary><c>ACTORSTACK_GOLDEN=write</c> writes the files anew.</summary>
public sealed class OptionDocumentsTests
{
    private const string Made =
        "made from the tables of options: ACTORSTACK_GOLDEN=write ./actorstack test --filter FullyQualifiedName~OptionDocuments";

    [Fact]
    public void The_defaults_are_those_of_the_table() => Check("Hosting/reference.conf", "", "", OptionDocuments.Reference());

    [Fact]
    public void The_example_shows_every_option_of_the_table_with_its_default() =>
        Check("akka.hocon", $"  # {Made}\n\n", "  # end of the options\n", OptionDocuments.Example());

    [Fact]
    public void The_documentation_lists_every_option_of_the_table() =>
        Check("Hosting/README.md", $"<!-- {Made} -->\n", "<!-- -->\n", OptionDocuments.Table());

    /// <summary>Compares the part of a file between two lines, or all of it, with what it should be, or writes it.</summary>
    private static void Check(string file, string begin, string end, string made)
    {
        var path = Path.Combine(Root(), file);
        var text = File.ReadAllText(path);
        var first = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var last = end.Length == 0 ? text.Length : text.IndexOf(end, first, StringComparison.Ordinal);
        Assert.True(first >= begin.Length && last >= first, $"{file} has no part from '{begin}' to '{end}'");
        if (Environment.GetEnvironmentVariable("ACTORSTACK_GOLDEN") == "write")
            File.WriteAllText(path, text[..first] + made + text[last..]);
        else
            Assert.Equal(made, text[first..last]);
    }

    private static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", ".."));
}

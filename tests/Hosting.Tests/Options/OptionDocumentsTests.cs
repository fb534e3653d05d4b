using ActorStack.Hosting.Tests.Documents;

namespace ActorStack.Hosting.Tests.Options;

/// <summary><c>ACTORSTACK_GOLDEN=write</c> writes the files anew.</summary>
public sealed class OptionDocumentsTests
{
    private const string Made =
        "made from the tables of options: ACTORSTACK_GOLDEN=write ./actorstack test --filter FullyQualifiedName~OptionDocuments";

    [Fact]
    public void The_defaults_are_those_of_the_table() =>
        GeneratedPart.Check("Hosting/reference.conf", "", "", OptionDocuments.Reference());

    [Fact]
    public void The_example_shows_every_option_of_the_table_with_its_default() =>
        GeneratedPart.Check("akka.hocon", $"  # {Made}\n\n", "  # end of the options\n", OptionDocuments.Example());

    [Fact]
    public void The_documentation_lists_every_option_of_the_table() =>
        GeneratedPart.Check("Hosting/README.md", $"<!-- {Made} -->\n", "<!-- -->\n", OptionDocuments.Table());
}

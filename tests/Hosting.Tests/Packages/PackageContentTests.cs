using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ActorStack.Hosting.Tests.Packages;

/// <summary>What is in the packages.</summary>
[Collection(nameof(PackageCollection))]
public sealed partial class PackageContentTests(PackageFeed feed)
{
    private const string Sqlite = "Microsoft.Data.Sqlite";
    private const string PostgreSql = "Npgsql";

    private static readonly string[] Libraries =
    [
        "ActorStack.Actors", "ActorStack.AspNetCore", "ActorStack.Hosting", "ActorStack.Journal.PostgreSql",
        "ActorStack.Journal.Sqlite", "ActorStack.TestKit", "ActorStack.Transport",
    ];

    public static TheoryData<string> LibraryPackages => [.. Libraries];

    [Fact]
    public void All_that_is_public_is_a_package_and_nothing_else()
    {
        Assert.Equal(
            [.. Libraries.Concat(["ActorStack.CommandLine", "ActorStack.Templates"]).Order(StringComparer.Ordinal)],
            Directory.GetFiles(feed.Source, "*.nupkg").Select(Name).Order(StringComparer.Ordinal));
        Assert.Equal(Libraries, Directory.GetFiles(feed.Source, "*.snupkg").Select(Name).Order(StringComparer.Ordinal));

        string Name(string file) => Path.GetFileNameWithoutExtension(file)[..^(feed.Version.Length + 1)];
    }

    [Theory]
    [MemberData(nameof(LibraryPackages))]
    public void A_library_has_its_documentation_and_its_symbols(string id)
    {
        using var package = Open(id, "nupkg");
        using var symbols = Open(id, "snupkg");
        var documentation = XDocument.Load(Read(package, $"lib/net10.0/{id}.xml"));
        Assert.NotEmpty(documentation.Descendants("member"));
        using var assembly = new PEReader(Read(package, $"lib/net10.0/{id}.dll"));
        var kinds = assembly.ReadDebugDirectory().Select(entry => entry.Type).ToList();
        Assert.Contains(DebugDirectoryEntryType.CodeView, kinds); // names the symbols
        Assert.Contains(DebugDirectoryEntryType.Reproducible, kinds);
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{id}.pdb"));
    }

    [Theory]
    [MemberData(nameof(LibraryPackages))]
    [InlineData("ActorStack.CommandLine")]
    [InlineData("ActorStack.Templates")]
    public void A_package_says_what_it_is(string id)
    {
        using var package = Open(id, "nupkg");
        var metadata = Metadata(package, id);
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("ActorStack maintainers", Value(metadata, "authors"));
        Assert.Contains("tcp", Value(metadata, "tags"));
        Assert.DoesNotContain("Package Description", Value(metadata, "description"));
        using var readme = new StreamReader(Read(package, Value(metadata, "readme")));
        var text = readme.ReadToEnd();
        Assert.StartsWith($"# {id}\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(RelativeLink(), text);
    }

    [Theory]
    [MemberData(nameof(LibraryPackages))]
    public void A_database_comes_only_with_its_journal(string id)
    {
        using var package = Open(id, "nupkg");
        var dependencies = Dependencies(package, id).Select(dependency => dependency.Id).ToList();
        Assert.Equal(id == "ActorStack.Journal.Sqlite", dependencies.Contains(Sqlite));
        Assert.Equal(id == "ActorStack.Journal.PostgreSql", dependencies.Contains(PostgreSql));
    }

    /// <summary>The packages see each other's internal types.</summary>
    [Theory]
    [MemberData(nameof(LibraryPackages))]
    public void A_package_needs_the_others_in_its_own_version(string id)
    {
        using var package = Open(id, "nupkg");
        var own = Dependencies(package, id).Where(dependency => Libraries.Contains(dependency.Id)).ToList();
        Assert.Equal(id == "ActorStack.Transport", own.Count == 0);
        Assert.All(own, dependency => Assert.Equal($"[{feed.Version}]", dependency.Version));
    }

    private ZipArchive Open(string id, string extension) =>
        ZipFile.OpenRead(Path.Combine(feed.Source, $"{id}.{feed.Version}.{extension}"));

    /// <summary>A part of the package in memory, where a reader can seek.</summary>
    private static MemoryStream Read(ZipArchive package, string path)
    {
        using var part = package.GetEntry(path)?.Open() ?? throw new FileNotFoundException($"{path} is not in the package");
        var copy = new MemoryStream();
        part.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    private static XElement Metadata(ZipArchive package, string id) =>
        XDocument.Load(Read(package, $"{id}.nuspec")).Root!.Elements().Single(element => element.Name.LocalName == "metadata");

    private static string Value(XElement metadata, string name) =>
        metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private static IEnumerable<(string Id, string Version)> Dependencies(ZipArchive package, string id) =>
        from element in Metadata(package, id).Descendants()
        where element.Name.LocalName == "dependency"
        select (element.Attribute("id")!.Value, element.Attribute("version")!.Value);

    /// <summary>A link that leads nowhere at a registry.</summary>
    [GeneratedRegex(@"\]\((?!https://)")]
    private static partial Regex RelativeLink();
}

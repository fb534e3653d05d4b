using System.Text.RegularExpressions;
using ActorStack.Hosting.Tests.Documents;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Packages;

/// <summary>What a new user does, with the packages alone.</summary>
[Collection(nameof(PackageCollection))]
public sealed partial class EmptyFolderTests(PackageFeed feed)
{
    [LinuxFact]
    public async Task The_tutorial_makes_a_service_whose_connection_goes_on_over_moves_and_a_deploy()
    {
        var (folder, commands) = (feed.CreateFolder("tutorial"), Document.Commands("Hosting/README.md", "From an empty folder"));
        var runs = commands.Where(command => command.StartsWith("dotnet run", StringComparison.Ordinal)).ToList();
        using var here = NetworkNamespace.Current();
        using (var prompt = Prompt.Open(here, folder, feed.Environment))
        {
            foreach (var command in commands.TakeWhile(command => !command.StartsWith("cd ", StringComparison.Ordinal)))
                await prompt.RunAsync(command);
        }

        using var ground = new ReaderGround(folder, feed.Environment);
        await ground.Host.RunAsync(Only("cd "));
        Assert.Contains("Passed!", await ground.Host.RunAsync(Only("dotnet test ")), StringComparison.Ordinal);
        await ground.Host.StartAsync(runs[0], "Application started");
        await ground.Peer.RunAsync(Only("ip ").Replace("HOST", ReaderGround.HostAddress, StringComparison.Ordinal));
        using var client = ground.Talk(Only("nc "));
        Assert.Equal("1 one", await client.AskAsync("one"));
        await ground.Host.RunAsync(Only("export "));
        Assert.StartsWith("0.1.0", await ground.Host.RunAsync("actorstack --version"), StringComparison.Ordinal);
        Assert.Contains("software", await ground.Host.RunAsync(Only("actorstack connections")));
        await ground.Host.RunAsync(Only("actorstack offload"));
        Assert.Contains("kernel", await ground.Host.RunAsync(Only("actorstack connections")));
        Assert.Equal("2 two", await client.AskAsync("two"));
        await ground.Host.RunAsync(Only("actorstack upload"));
        Assert.Equal("3 three", await client.AskAsync("three"));

        await ground.Host.StartAsync(runs[1], "Application started");
        await ground.Host.AwaitEndAsync(runs[0]);
        Assert.Equal("4 four", await client.AskAsync("four"));
        Assert.Contains("journal.db", await ground.Host.RunAsync("ls /var/lib/Telemetry"));

        string Only(string begin) =>
            Assert.Single(commands, command => command.StartsWith(begin, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("memory", "ActorStack.Hosting")]
    [InlineData("postgresql", "ActorStack.Hosting ActorStack.Journal.PostgreSql")]
    public async Task A_service_references_the_database_of_its_journal_and_no_other(string journal, string packages)
    {
        var (folder, hive) = (feed.CreateFolder(journal), $"{feed.CreateFolder("hives")}/{journal}");
        await RunAsync("new", "install", Path.Combine(feed.Source, $"ActorStack.Templates.{feed.Version}.nupkg"));
        await RunAsync("new", "actorstack-service", "--name", "Telemetry", "--journal", journal, "--no-restore");
        var project = await ReadAsync("Telemetry.csproj");
        Assert.Equal(packages.Split(' '), PackageName().Matches(project).Select(match => match.Groups[1].Value));
        Assert.DoesNotContain("#if", project);
        Assert.DoesNotContain("#if", await ReadAsync("appsettings.json"));

        Task<string> RunAsync(params string[] arguments) =>
            DotnetCommand.RunAsync(folder, feed.Environment, [.. arguments, "--debug:custom-hive", hive]);

        Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(folder, "Telemetry", file), Patience.Token());
    }

    /// <summary>Each block of a document that is a whole program, as a project of its own; all are built at once.</summary>
    [Fact]
    public async Task The_programs_in_the_documents_compile_with_the_packages()
    {
        var folder = feed.CreateFolder("programs");
        string[] documents = ["README.md", "Hosting/PACKAGE.md", "Hosting/AspNetCore/PACKAGE.md"];
        var programs = documents.SelectMany(Document.Code).Where(code => code.Contains(".Build()")).ToList();
        Assert.Equal(documents.Length, programs.Count);
        foreach (var (number, program) in programs.Index())
        {
            var project = Directory.CreateDirectory(Path.Combine(folder, $"Program{number}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), program, Patience.Token());
            await File.WriteAllTextAsync(Path.Combine(project, $"Program{number}.csproj"), Project(), Patience.Token());
        }

        var projects = programs.Index().Select(item => $"""<Project Path="Program{item.Index}/Program{item.Index}.csproj" />""");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "All.slnx"), $"<Solution>{string.Concat(projects)}</Solution>", Patience.Token());
        await DotnetCommand.RunAsync(folder, feed.Environment, "build", "--verbosity", "quiet");
    }

    private string Project() => $"""
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="ActorStack.AspNetCore" Version="{feed.Version}" />
            <PackageReference Include="ActorStack.Journal.Sqlite" Version="{feed.Version}" />
          </ItemGroup>
        </Project>
        """;

    [GeneratedRegex("PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageName();
}

using System.Security;
using System.Xml.Linq;
using ActorStack.Hosting.Tests.Documents;

namespace ActorStack.Hosting.Tests.Packages;

/// <summary>
/// All packages of this build in a folder that is a source of NuGet, under a version that no other source has. The home of the
/// SDK is in the same folder, so that the packages, the tools and the templates of the user stay as they are; packages of others
/// that are among them are not fetched again.
/// </summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-packages-");

    /// <summary>The version of the packages.</summary>
    public string Version { get; } = $"0.1.{Random.Shared.Next(1_000_000, int.MaxValue)}";

    /// <summary>The folder with the packages.</summary>
    public string Source => Path.Combine(_directory.FullName, "feed");

    /// <summary>The variables under which the SDK uses the folder, and ends with its command.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    public PackageFeed() => Environment = DotnetCommand.EnvironmentOf(_directory.FullName);

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string UserFolder =>
        Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget");

    private static string UserPackages =>
        System.Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(UserFolder, "packages");

    public async Task InitializeAsync()
    {
        var others = CopyUserSources().Select(
            source => $"""<packageSource key="{source}"><package pattern="*" /></packageSource>""");
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "NuGet.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="unpacked" /></config>
              <packageSources><add key="packages of this build" value="feed" /></packageSources>
              <packageSourceMapping>
                <packageSource key="packages of this build"><package pattern="ActorStack.*" /></packageSource>
                {string.Concat(others)}
              </packageSourceMapping>
              <fallbackPackageFolders><add key="packages of the user" value="{UserPackages}" /></fallbackPackageFolders>
            </configuration>
            """, Patience.Token());
        await DotnetCommand.RunAsync(
            Document.Root, Environment, "pack", "ActorStack.sln", "--no-build", "--configuration", Configuration, "--verbosity",
            "quiet", $"-p:PackageVersion={Version}", $"-p:PackageOutputPath={Source}");
    }

    public Task DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The registries of the user are those of the home too, for all packages but ours. Returns their names; NuGet makes the file
    /// where there is none, with its own registry.
    /// </summary>
    private string[] CopyUserSources()
    {
        var file = Path.Combine(UserFolder, "NuGet", "NuGet.Config");
        if (!File.Exists(file)) return ["nuget.org"];
        var home = Directory.CreateDirectory(Path.Combine(_directory.FullName, ".nuget", "NuGet"));
        File.Copy(file, Path.Combine(home.FullName, "NuGet.Config"));
        return [.. XDocument.Load(file).Descendants("packageSources").Elements("add").Select(
            source => SecurityElement.Escape(source.Attribute("key")!.Value))];
    }

    /// <summary>Makes an empty folder whose projects find the packages.</summary>
    public string CreateFolder(string name) => _directory.CreateSubdirectory(name).FullName;
}

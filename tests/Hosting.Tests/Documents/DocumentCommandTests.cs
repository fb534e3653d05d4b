using System.Text.RegularExpressions;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests.Documents;

/// <summary>The commands of the documents, typed as a reader types them.</summary>
public sealed partial class DocumentCommandTests : IDisposable
{
    private const string Measures = "measures for minutes";
    private const string ChatCommand =
        "dotnet run -- --Log=/var/lib/chat.db --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 " +
        "--ActorStack:TakeOver:Socket=/run/chat.sock";

    /// <summary>The sections whose commands a test runs.</summary>
    private static readonly (string Document, string Section)[] Run =
    [
        ("README.md", "A service"), ("Hosting/README.md", "From an empty folder"), ("Hosting/README.md", "Cluster"),
        ("Hosting/Dashboard/README.md", "A service with the page"),
    ];

    /// <summary>The other commands, and why no test runs them as they are.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["./actorstack test"] = "runs this test",
        ["./actorstack demo"] = "transfers gigabytes",
        ["actorstack serve --take-over ..."] = "has no options; TakeOverTests run it with those of their service",
        ["ACTORSTACK_MODEL=large dotnet test tests/Actors.Tests -c Release --filter FullyQualifiedName~HandoffModelTests"] =
            "takes ten minutes; the tests run with smaller budgets",
        ["ACTORSTACK_SEEDS=200 dotnet test tests/Actors.Tests -c Release --filter FullyQualifiedName~HandoffCrashTests"] =
            "takes minutes; the tests run with fewer seeds",
        ["actorstack gateway --listen 10.9.0.1:443 --to 10.8.1.5:443,10.8.1.6:443 --tun as0 --address 10.9.0.1/32"] =
            "has its backends in a network of its own; GatewayTakeOverTests run the command with theirs",
        [ChatCommand] = "WebSocketChatSampleTests run the sample with these options",
        [$"{ChatCommand} --ActorStack:TakeOver:Enabled=true"] = "WebSocketChatSampleTests run the sample with these options",
        ["dotnet run -c Release --project tests/Benchmarks -- --filter '*'"] = Measures,
        ["dotnet run -c Release --project tests/Benchmarks -- --filter '*' --once"] = Measures,
        ["./actorstack bench --rounds 5 --json > before.json"] = Measures,
        ["./actorstack bench --rounds 5 --compare before.json"] = Measures,
        ["./actorstack bench --rounds 5 --json > after.json"] = Measures,
        ["./actorstack bench --compare before.json after.json"] = Measures,
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-reader-");

    /// <summary>The program is where the documents have it.</summary>
    public DocumentCommandTests() => File.CreateSymbolicLink(
        Path.Combine(_directory.FullName, "actorstack"), Path.Combine(AppContext.BaseDirectory, "actorstack"));

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Every_command_of_every_document_is_run_or_is_known_not_to_be()
    {
        var run = Run.SelectMany(section => Document.Commands(section.Document, section.Section)).ToHashSet();
        var all = (from document in Document.All
                   from command in Document.Commands(document)
                   select command.Replace("Company.Service", "Telemetry", StringComparison.Ordinal)).ToHashSet();
        Assert.Equal([], all.Except(run).Except(NotRun.Keys));
        Assert.Equal([], NotRun.Keys.Except(all));
    }

    [LinuxFact]
    public async Task The_service_of_the_README_runs_as_it_says()
    {
        var commands = Document.Commands("README.md", "A service");
        using var ground = new ReaderGround(_directory.FullName, new Dictionary<string, string?>());
        await ground.Host.StartAsync(commands[0], "ready: echo=7");
        await ground.Peer.RunAsync($"ip route add 10.9.0.1 via {ReaderGround.HostAddress}");
        using var client = ground.Talk("nc 10.9.0.1 7");
        Assert.Equal("hello", await client.AskAsync("hello"));
        foreach (var (command, answer) in commands.Skip(1).Zip((string[])["software", "kernel", "software", "Completed"]))
        {
            Assert.Contains(answer, await ground.Host.RunAsync(command));
            Assert.Equal(command, await client.AskAsync(command));
        }
    }

    [LinuxFact]
    public async Task A_service_serves_the_dashboard_as_its_document_says()
    {
        var commands = Document.Commands("Hosting/Dashboard/README.md", "A service with the page");
        using var ground = new ReaderGround(_directory.FullName, new Dictionary<string, string?>
        {
            ["PATH"] = $"{_directory.FullName}:{Environment.GetEnvironmentVariable("PATH")}",
        });
        await ground.Host.StartAsync(commands[0], "; dashboard http://127.0.0.1:7979/");
        Assert.Contains("<title>ActorStack</title>", await ground.Host.RunAsync(commands[1]));
    }

    [LinuxFact]
    public async Task A_cluster_runs_as_its_document_says()
    {
        var commands = Document.Commands("Hosting/README.md", "Cluster");
        using var ground = new ClusterGround(_directory.FullName, "a", "b", "c");
        await ground["a"].StartAsync(commands[0], "ready: echo=7");
        await ground["b"].StartAsync(commands[1], "ready: echo=7");
        var third = commands[1].Replace("--node b", "--node c", StringComparison.Ordinal)
            .Replace("10.1.0.3", "10.1.0.4", StringComparison.Ordinal);
        await ground["c"].StartAsync(third, "ready: echo=7");
        var patience = Patience.Token();
        while (UpNode().Count(await ground["a"].RunAsync(commands[2])) < 3) patience.ThrowIfCancellationRequested();

        using var client = ground.Talk("nc 10.9.0.1 7");
        Assert.Equal("hello", await client.AskAsync("hello"));
        var id = ConnectionId().Match(await ground["a"].RunAsync("actorstack connections")).Value;
        foreach (var command in commands.Skip(3))
        {
            // A busy node may be late for a handoff, which is then rolled back.
            await ground["a"].RunAsync($"until {command.Replace("a-1-1", id, StringComparison.Ordinal)}; do :; done");
            Assert.Equal(command, await client.AskAsync(command));
        }
    }

    [GeneratedRegex(@"\b[abc]-\d+-\d+\b")]
    private static partial Regex ConnectionId();

    [GeneratedRegex(@"\bup\b")]
    private static partial Regex UpNode();
}

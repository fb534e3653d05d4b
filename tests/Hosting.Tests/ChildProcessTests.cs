using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>What is told of a child that does not do what it is to do.</summary>
public sealed class ChildProcessTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [LinuxFact]
    public async Task One_that_does_not_start_is_told_with_its_exit_code_and_what_it_said()
    {
        using var network = NetworkNamespace.Create("child");
        var error = await Assert.ThrowsAsync<CommandException>(
            () => ChildProcess.StartAsync(network, NoSettings, ["traffic", "hold", "--to", "127.0.0.1:9"], Patience.Token()));
        Assert.StartsWith("`actorstack traffic hold --to 127.0.0.1:9` ended early with ", error.Message);
        Assert.Contains("Connection refused", error.Message);
    }

    [LinuxFact]
    public async Task One_that_dies_is_told_when_it_is_asked_and_when_it_is_to_answer()
    {
        using var network = NetworkNamespace.Create("child");
        using var child = await StartAsync(network);
        child.Kill();
        var unheard = await Assert.ThrowsAsync<CommandException>(() => child.ReadLineAsync(Patience.Token()));
        var untold = await Assert.ThrowsAsync<CommandException>(() => child.TellAsync("another", Patience.Token()));
        Assert.All([unheard, untold], error => Assert.Contains("ended early with 137", error.Message));
        Assert.All([unheard, untold], error => Assert.Contains("ready", error.Message));
    }

    [LinuxFact]
    public async Task One_that_does_not_answer_in_time_is_told_with_what_it_said()
    {
        using var network = NetworkNamespace.Create("child");
        using var child = await StartAsync(network);
        var error = await Assert.ThrowsAsync<OperationCanceledException>(
            () => child.ReadLineAsync(new CancellationToken(canceled: true)));
        Assert.Contains("`actorstack plain", error.Message);
        Assert.Contains("ready", error.Message);
    }

    [Fact]
    public void Of_much_output_the_last_lines_are_kept_and_a_long_line_is_cut()
    {
        var tail = new OutputTail();
        Assert.Equal("It said nothing.", tail.ToString());
        for (var i = 0; i < 1_000; i++) tail.Add($"line {i}");
        tail.Add(new string('x', 10_000));
        tail.Add(null);
        var lines = tail.ToString().Split(Environment.NewLine);
        Assert.Equal(41, lines.Length);
        Assert.Equal("  line 961", lines[1]);
        Assert.Equal($"  {new string('x', 500)}...", lines[^1]);
    }

    private static Task<ChildProcess> StartAsync(NetworkNamespace network) => ChildProcess.StartAsync(
        network, NoSettings, ["plain", "--address", "127.0.0.1", "--service", "echo=7"], Patience.Token());
}

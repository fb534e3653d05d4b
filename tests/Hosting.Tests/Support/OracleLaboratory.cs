using System.Text.Json;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;
using ActorStack.Transport.Emulation.Paths;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>Linux and the software stack behind the path emulator, both with CUBIC, for all scenarios of a class.</summary>
public sealed class OracleLaboratory : IAsyncLifetime
{
    private readonly Stack<IDisposable> _parts = new();
    private Laboratory? _lab;
    private ChildProcess? _emulator;

    public async Task InitializeAsync()
    {
        if (LinuxRequirement.SkipReason is not null) return;
        _parts.Push(_lab = new Laboratory(isJoined: false, isJournaled: false));
        _parts.Push(_emulator = await _lab.JoinByPathAsync(default));
        _parts.Push(await _lab.StartServiceAsync(default, arguments: ["--congestion", "cubic"]));
        _parts.Push(await _lab.StartPlainAsync(default, "--congestion", "cubic"));
        _lab.Client.SetSystemControl("ipv4/tcp_no_metrics_save", "1");
        _lab.Server.SetSystemControl("ipv4/tcp_no_metrics_save", "1");
    }

    public Task DisposeAsync()
    {
        while (_parts.TryPop(out var part)) part.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>One transfer of 64 KB to the client over a fresh path; what the server sent.</summary>
    internal async Task<IReadOnlyList<TracedPacket>> FetchAsync(PathDescription path, string address)
    {
        await LayAsync(path);
        using var client = await _lab!.StartClientAsync("fetch", address, Ports.Transfer, ["--seconds", "0"], default);
        await Laboratory.FinishAsync(client, CommandJson.Default.FetchResult, default);
        return (await LayAsync(path)).BackwardTrace!;
    }

    private async Task<PathReport> LayAsync(PathDescription path)
    {
        var answer = await _emulator!.AskAsync(JsonSerializer.Serialize(path, CommandJson.Default.PathDescription), default);
        return JsonSerializer.Deserialize(answer, CommandJson.Default.PathReport)!;
    }
}

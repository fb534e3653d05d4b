using System.Text.Json;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>Clients of the echo service that are at work.</summary>
internal sealed class Crowd(ChildProcess client) : IDisposable
{
    /// <summary>Lets each client finish its round trip, and returns what all saw.</summary>
    public async Task<CrowdResult> FinishAsync(CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await client.AskAsync("stop", cancellation), CommandJson.Default.CrowdResult)!;

    public void Dispose() => client.Dispose();
}

using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;

namespace ActorStack.Transport.Tests.Engines.Emulated;

internal sealed record RigSettings
{
    public int Seed { get; init; } = 1;

    public WireImpairments Wire { get; init; } = new() { Delay = TimeSpan.FromMilliseconds(5) };

    public int ClientBytes { get; init; } = 200_000;

    public int ServerBytes { get; init; } = 200_000;

    /// <summary>Bytes the server's pipes hold, and the client's queues.</summary>
    public int Capacity { get; init; } = 128 * 1024;

    /// <summary>Between two migrations; null: only the test migrates.</summary>
    public TimeSpan? Migrate { get; init; }

    /// <summary>Before a step of a migration is given up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(50);

    public bool IPv6 { get; init; }

    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    public EmulatedToeOptions Toe { get; init; } = EmulatedToeOptions.Default with
    {
        HighDropRate = null,
        HighOutOfOrderRate = null,
    };
}

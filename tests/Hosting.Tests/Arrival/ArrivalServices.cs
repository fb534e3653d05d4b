namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>Applications that let a peer reach every state, the same on kernel sockets and on the stack.</summary>
internal static class ArrivalServices
{
    /// <summary>Reads to the end and never closes: CLOSE-WAIT stays.</summary>
    public const int Holding = 4001;

    /// <summary>Closes when the peer has: LAST-ACK.</summary>
    public const int Following = 4002;

    /// <summary>Closes its side at the first byte and reads on: FIN-WAIT-1 and what follows.</summary>
    public const int Leading = 4003;

    /// <summary>Nobody listens there.</summary>
    public const int Nobody = 4004;

    public static IReadOnlyList<int> Ports { get; } = [Holding, Following, Leading];

    public static int PortFor(ArrivalState state) => state switch
    {
        ArrivalState.Closed => Nobody,
        ArrivalState.LastAck => Following,
        ArrivalState.FinWait1 or ArrivalState.FinWait2 or ArrivalState.Closing or ArrivalState.TimeWait => Leading,
        _ => Holding,
    };

    public static async Task ServeAsync(int port, Stream stream, Func<ValueTask> endSending, CancellationToken stopping)
    {
        var buffer = new byte[ushort.MaxValue];
        var hasEnded = false;
        while (await stream.ReadAsync(buffer, stopping) > 0)
        {
            if (port != Leading || hasEnded) continue;
            hasEnded = true;
            await endSending();
        }

        if (port == Following) await endSending();
        await Task.Delay(Timeout.Infinite, stopping);
    }
}

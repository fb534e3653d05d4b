namespace ActorStack.Hosting.Gateway;

/// <summary>What a gateway counts. Any thread may use it.</summary>
internal sealed class GatewayCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<GatewayRefusal>().Length];
    private long _accepted;

    public long Accepted => Volatile.Read(ref _accepted);

    public IReadOnlyDictionary<GatewayRefusal, long> Refused =>
        Enum.GetValues<GatewayRefusal>().ToDictionary(reason => reason, reason => Volatile.Read(ref _refused[(int)reason]));

    public void Accept() => Interlocked.Increment(ref _accepted);

    public void Refuse(GatewayRefusal reason) => Interlocked.Increment(ref _refused[(int)reason]);
}

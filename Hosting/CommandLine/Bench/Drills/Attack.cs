using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>One way to do harm. Runs on one thread, at a bounded rate.</summary>
internal abstract class Attack(AttackLink link)
{
    protected AttackLink Link => link;

    protected Random Random { get; } = new(1);

    /// <summary>Calls of <see cref="Step"/> a second at most.</summary>
    public virtual int Rate => 20_000;

    /// <summary>Connections that are open because of it.</summary>
    public virtual int Connections => 0;

    /// <summary>Bytes that the service may rightly hold for each of them.</summary>
    public virtual long BytesAllowedEach => 0;

    /// <summary>Sends one packet, or none.</summary>
    public abstract void Step();

    public virtual void OnSegment(in FlowKey flow, in TcpSegment segment)
    {
    }

    /// <summary>Gives up what it holds.</summary>
    public virtual void End()
    {
    }

    protected SequenceNumber AnyNumber() => new((uint)Random.NextInt64(1L << 32));
}

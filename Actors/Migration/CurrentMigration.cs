using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Migration;

/// <summary>A migration on its way: prepare (the claim is journaled), freeze, transfer, commit.</summary>
internal sealed class CurrentMigration(int number, string from, string to, long epoch, string trigger)
{
    public int Number => number;

    public string From => from;

    public string To => to;

    /// <summary>The epoch it claims.</summary>
    public long Epoch => epoch;

    public string Trigger { get; set; } = trigger;

    /// <summary>What the engine said when it asked.</summary>
    public string Detail { get; set; } = "";

    /// <summary>Who wants the record; null: nobody waits for it.</summary>
    public IActorRef? Requester { get; init; }

    /// <summary>When the step it is in is given up; null: never.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>The claim is in the journal: the transfer goes on.</summary>
    public bool IsTransferring { get; set; }

    /// <summary>The engine did not answer in time; what it may still answer is waited for.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Timestamp of the freeze; null: some stack still answers.</summary>
    public long? FrozenAt { get; set; }

    /// <summary>The record that travels.</summary>
    public TcpConnectionState? State { get; set; }

    /// <summary>Late segments; null: none came yet.</summary>
    public HeldFrames? Held { get; set; }
}

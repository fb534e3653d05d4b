namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>What may happen a limited number of times.</summary>
internal enum Fault
{
    /// <summary>The operator asks for a handoff.</summary>
    HandOff,

    /// <summary>A message is lost.</summary>
    Loss,

    /// <summary>A message arrives and stays in flight.</summary>
    Duplication,

    /// <summary>A time limit passes while something else could still happen.</summary>
    TimeOut,

    /// <summary>A node ends without notice.</summary>
    Crash,

    /// <summary>A node that was removed starts again, with nothing of the connection.</summary>
    Restart,

    /// <summary>A node loses its lease: it stands still, or hears nobody.</summary>
    LeaseLoss,

    /// <summary>The store refuses the claim, or the target or an application refuses the connection.</summary>
    Refusal,

    /// <summary>The connection ends where it runs.</summary>
    End,

    /// <summary>A node is asked to stop.</summary>
    Stop,
}

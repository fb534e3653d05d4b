using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>What the migration protocol wants done, in this order, by the connection's actor.</summary>
internal abstract record MigrationOutput
{
    /// <summary>Write the claim to the journal, which is answered by <see cref="MigrationInput.ClaimPersisted"/>.</summary>
    public sealed record PersistClaim(MigrationClaim Claim) : MigrationOutput;

    /// <summary>Tell the protocol when this much time has passed. It replaces the limit armed before.</summary>
    public sealed record ArmLimit(TimeSpan After) : MigrationOutput;

    /// <summary>No limit is armed any more.</summary>
    public sealed record DisarmLimit : MigrationOutput
    {
        public static DisarmLimit Instance { get; } = new();
    }

    /// <summary>Take the state of the software connection, which gets no input from now on. What arrives is held.</summary>
    public sealed record Freeze(MigrationClaim Claim) : MigrationOutput;

    /// <summary>
    /// Give the state to the engine. The call is answered by <see cref="MigrationInput.HandedOver"/> or
    /// <see cref="MigrationInput.CallFailed"/> before anything else comes.
    /// </summary>
    public sealed record Initiate(MigrationClaim Claim) : MigrationOutput;

    /// <summary>Give the software connection up and let the engine run it.</summary>
    public sealed record Commit(EngineHandle Handle) : MigrationOutput;

    /// <summary>Give what was held to the engine.</summary>
    public sealed record ForwardHeld(EngineHandle Handle) : MigrationOutput;

    /// <summary>Segments of the flow go to the engine from now on, past the actor.</summary>
    public sealed record Steer(EngineHandle Handle) : MigrationOutput;

    /// <summary>The engine runs the connection: look at what the application did during the move.</summary>
    public sealed record WatchEngine(EngineHandle Handle) : MigrationOutput;

    /// <summary>Segments of the flow come to the actor from now on, and are held.</summary>
    public sealed record Hold : MigrationOutput
    {
        public static Hold Instance { get; } = new();
    }

    /// <summary>
    /// Ask the engine for the connection. Where the call throws, the answer is <see cref="MigrationInput.CallFailed"/>.
    /// </summary>
    public sealed record Terminate(EngineHandle Handle) : MigrationOutput;

    /// <summary>The engine froze the connection: no stack answers the peer since then.</summary>
    public sealed record NoteFreeze(long At) : MigrationOutput;

    /// <summary>
    /// Rebuild the state from host memory. The call is answered by <see cref="MigrationInput.Salvaged"/> or
    /// <see cref="MigrationInput.NotSalvaged"/> before anything else comes.
    /// </summary>
    public sealed record Salvage(EngineHandle Handle) : MigrationOutput;

    /// <summary>Make a software connection of the state, standing still. The engine is out of it.</summary>
    public sealed record Import(ConnectionImage Image) : MigrationOutput;

    /// <summary>Fence the engine: nothing of the connection leaves it any more.</summary>
    public sealed record Invalidate(EngineHandle Handle) : MigrationOutput;

    /// <summary>The move is over: journal how it ended, and tell who asked.</summary>
    public sealed record Conclude(MigrationClaim Claim, MigrationOutcome Outcome, string Detail, FidelityLedger Ledger)
        : MigrationOutput;

    /// <summary>The software connection goes on: it gets what was held, and what the application did during the move.</summary>
    public sealed record Resume : MigrationOutput
    {
        public static Resume Instance { get; } = new();
    }

    /// <summary>Reset the software connection.</summary>
    public sealed record Reset(MigrationTrigger Why) : MigrationOutput;

    /// <summary>The connection is over, wherever it ran; what was held is dropped.</summary>
    public sealed record End(Exception? Error) : MigrationOutput;
}

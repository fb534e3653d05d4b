using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>The outputs of the migration protocol, which the connection's actor carries out in this order.</summary>
internal abstract record MigrationOutput
{
    /// <summary>Journal the claim. The answer is <see cref="MigrationInput.ClaimPersisted"/>.</summary>
    public sealed record PersistClaim(MigrationClaim Claim) : MigrationOutput;

    /// <summary>Tell the protocol when this time has passed. It replaces the limit that was armed before.</summary>
    public sealed record ArmLimit(TimeSpan After) : MigrationOutput;

    /// <summary>Disarm the limit.</summary>
    public sealed record DisarmLimit : MigrationOutput
    {
        public static DisarmLimit Instance { get; } = new();
    }

    /// <summary>
    /// Capture the state of the software connection, which gets no input from now on. Arriving segments are held.
    /// </summary>
    public sealed record Freeze(MigrationClaim Claim) : MigrationOutput;

    /// <summary>
    /// Give the state to the engine. The answer is <see cref="MigrationInput.HandedOver"/> or
    /// <see cref="MigrationInput.CallFailed"/>, before any other input.
    /// </summary>
    public sealed record Initiate(MigrationClaim Claim) : MigrationOutput;

    /// <summary>Drop the software connection and let the engine run the connection.</summary>
    public sealed record Commit(EngineHandle Handle) : MigrationOutput;

    /// <summary>Give the held segments to the engine.</summary>
    public sealed record ForwardHeld(EngineHandle Handle) : MigrationOutput;

    /// <summary>Steer the flow: its segments go to the engine from now on, past the actor.</summary>
    public sealed record Steer(EngineHandle Handle) : MigrationOutput;

    /// <summary>The engine runs the connection: look at all that the application did during the move.</summary>
    public sealed record WatchEngine(EngineHandle Handle) : MigrationOutput;

    /// <summary>Send the flow's segments to the actor from now on, and hold them.</summary>
    public sealed record Hold : MigrationOutput
    {
        public static Hold Instance { get; } = new();
    }

    /// <summary>
    /// Ask the engine to give the connection back. Where the call throws, the answer is
    /// <see cref="MigrationInput.CallFailed"/>.
    /// </summary>
    public sealed record Terminate(EngineHandle Handle) : MigrationOutput;

    /// <summary>The engine has frozen the connection: the blackout starts.</summary>
    public sealed record NoteFreeze(long At) : MigrationOutput;

    /// <summary>
    /// Rebuild the state from host memory. The answer is <see cref="MigrationInput.Salvaged"/> or
    /// <see cref="MigrationInput.NotSalvaged"/>, before any other input.
    /// </summary>
    public sealed record Salvage(EngineHandle Handle) : MigrationOutput;

    /// <summary>
    /// Import the state into a software connection that stays frozen. The engine has given the connection up.
    /// </summary>
    public sealed record Import(ConnectionImage Image) : MigrationOutput;

    /// <summary>Fence the engine: it emits nothing for the connection any more.</summary>
    public sealed record Invalidate(EngineHandle Handle) : MigrationOutput;

    /// <summary>The move has ended: journal the result and answer the requester.</summary>
    public sealed record Conclude(MigrationClaim Claim, MigrationOutcome Outcome, string Detail, FidelityLedger Ledger)
        : MigrationOutput;

    /// <summary>
    /// Resume the software connection with the held segments and with all that the application did during the move.
    /// </summary>
    public sealed record Resume : MigrationOutput
    {
        public static Resume Instance { get; } = new();
    }

    /// <summary>Reset the software connection.</summary>
    public sealed record Reset(MigrationTrigger Why) : MigrationOutput;

    /// <summary>End the connection, whichever owner ran it, and drop the held segments.</summary>
    public sealed record End(Exception? Error) : MigrationOutput;

    /// <summary>Ask the node to prepare.</summary>
    public sealed record SendPrepare(MigrationClaim Claim, string Node) : MigrationOutput;

    /// <summary>
    /// Ask the application to leave, and let payload travel ahead. The answer is <see cref="MigrationInput.ApplicationLeft"/> or
    /// <see cref="MigrationInput.ApplicationStays"/>.
    /// </summary>
    public sealed record Dehydrate(MigrationClaim Claim, string Node) : MigrationOutput;

    /// <summary>
    /// Capture the state of the software connection, which emits nothing from now on. Arriving segments are held.
    /// </summary>
    public sealed record FreezeForNode(MigrationClaim Claim, string Node) : MigrationOutput;

    /// <summary>Send the captured state to the node: all of it, where it is sent again.</summary>
    public sealed record SendTransfer(long Epoch, string Node, bool IsRepeated) : MigrationOutput;

    /// <summary>Start the application again from the state with which it left.</summary>
    public sealed record Rehydrate : MigrationOutput
    {
        public static Rehydrate Instance { get; } = new();
    }

    /// <summary>
    /// Another node has the connection: steer its segments there, the held ones too, and leave without a word to the peer.
    /// </summary>
    public sealed record Depart(string Node, long Epoch) : MigrationOutput;

    /// <summary>
    /// Import the state that arrived into a software connection that stays frozen, with the application's state.
    /// </summary>
    public sealed record Settle : MigrationOutput
    {
        public static Settle Instance { get; } = new();
    }

    /// <summary>Give the preparation up: the connection is not here, and its segments are forwarded as before.</summary>
    public sealed record GiveUpArrival(long Epoch) : MigrationOutput;

    /// <summary>Send a short message of the handoff to a node.</summary>
    public abstract record Tell(string Node, long Epoch) : MigrationOutput;

    /// <summary>See <see cref="HandoffMessage.Abandon"/>.</summary>
    public sealed record TellAbandon(string Node, long Epoch) : Tell(Node, Epoch);

    /// <summary>See <see cref="HandoffMessage.Prepared"/>.</summary>
    public sealed record TellPrepared(string Node, long Epoch) : Tell(Node, Epoch);

    /// <summary>See <see cref="HandoffMessage.Refused"/>.</summary>
    public sealed record TellRefused(string Node, long Epoch, HandoffRefusal Reason, string Detail) : Tell(Node, Epoch);

    /// <summary>See <see cref="HandoffMessage.TakenOver"/>.</summary>
    public sealed record TellTakenOver(string Node, long Epoch) : Tell(Node, Epoch);

    /// <summary>See <see cref="HandoffMessage.Released"/>.</summary>
    public sealed record TellReleased(string Node, long Epoch) : Tell(Node, Epoch);
}

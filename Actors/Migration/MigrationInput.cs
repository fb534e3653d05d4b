using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>The inputs of the migration protocol: requests, answers, and limits that have passed.</summary>
internal abstract record MigrationInput
{
    /// <summary>Move the connection into an engine.</summary>
    public sealed record Offload(Owner Engine, MigrationTrigger Trigger) : MigrationInput;

    /// <summary>Move the connection back into the software stack.</summary>
    public sealed record Upload(MigrationTrigger Trigger) : MigrationInput;

    /// <summary>The stack stops: move the connection out of any engine.</summary>
    public sealed record StopRequested : MigrationInput
    {
        public static StopRequested Instance { get; } = new();
    }

    /// <summary>Have the software stack reset the connection: the drain limit has passed, or the link is lost.</summary>
    public sealed record ResetRequested(MigrationTrigger Why) : MigrationInput;

    /// <summary>The connection ended in the software stack.</summary>
    /// <param name="Error">The reason; null where both sides closed the connection.</param>
    public sealed record ConnectionEnded(Exception? Error) : MigrationInput;

    /// <summary>The claim of this epoch is in the journal.</summary>
    /// <param name="Epoch">The epoch of the claim.</param>
    /// <param name="State">The TCP state of the connection now.</param>
    public sealed record ClaimPersisted(long Epoch, TcpState State) : MigrationInput;

    /// <summary>The store refused the claim of this epoch, because another owner has the connection.</summary>
    /// <param name="Epoch">The epoch of the claim.</param>
    /// <param name="Detail">The other owner, as a text for people.</param>
    public sealed record ClaimRefused(long Epoch, string Detail) : MigrationInput;

    /// <summary>The limit that was armed last has passed.</summary>
    /// <param name="Problem">The known cause of the journal's silence, as a text for people; null: unknown.</param>
    public sealed record LimitPassed(string? Problem) : MigrationInput
    {
        public static LimitPassed Instance { get; } = new(Problem: null);
    }

    /// <summary>The call to the engine returned: the engine has the state under this handle.</summary>
    public sealed record HandedOver(EngineHandle Handle) : MigrationInput;

    /// <summary>The call to the engine threw.</summary>
    public sealed record CallFailed(string Message) : MigrationInput;

    /// <summary>The state was rebuilt from host memory, and the engine is fenced.</summary>
    public sealed record Salvaged(ConnectionImage Image, FidelityLedger Ledger) : MigrationInput;

    /// <summary>Nothing could be rebuilt from host memory.</summary>
    public sealed record NotSalvaged : MigrationInput
    {
        public static NotSalvaged Instance { get; } = new();
    }

    /// <summary>An event of an engine for a handle; see <see cref="IEngineEvents"/>.</summary>
    public abstract record FromEngine(EngineHandle Handle) : MigrationInput;

    public sealed record Initiated(EngineHandle Handle, FidelityLedger Ledger) : FromEngine(Handle);

    public sealed record Refused(EngineHandle Handle, RefusalReason Reason, string Detail) : FromEngine(Handle);

    public sealed record UploadRequested(EngineHandle Handle, UploadReason Reason, string Detail) : FromEngine(Handle);

    /// <summary>The engine has stopped the connection: nothing of it leaves any more.</summary>
    /// <param name="Handle">The connection.</param>
    /// <param name="At">The timestamp of the stack's clock, taken on the engine's thread.</param>
    public sealed record Frozen(EngineHandle Handle, long At) : FromEngine(Handle);

    public sealed record Terminated(EngineHandle Handle, ConnectionImage Image, FidelityLedger Ledger) : FromEngine(Handle);

    public sealed record Aborted(EngineHandle Handle, Exception Error) : FromEngine(Handle);

    /// <summary>Hand the connection to another node.</summary>
    public sealed record HandOff(string Node, MigrationTrigger Trigger) : MigrationInput;

    /// <summary>The application has left the connection, so that it can go on at another node.</summary>
    /// <param name="State">The TCP state of the connection now.</param>
    public sealed record ApplicationLeft(TcpState State) : MigrationInput;

    /// <summary>The application cannot leave, because it failed or ended meanwhile.</summary>
    public sealed record ApplicationStays(string Detail) : MigrationInput;

    /// <summary>A node asks this one to take the connection; the first input of an arriving connection.</summary>
    public sealed record Arrive(string Node, long Epoch, MigrationTrigger Trigger) : MigrationInput;

    /// <summary>A node is no member of the cluster any more, and emits nothing.</summary>
    public sealed record NodeRemoved(string Node) : MigrationInput;

    /// <summary>A message of the handoff of another node.</summary>
    /// <param name="Node">The node that sent it.</param>
    /// <param name="Epoch">The epoch that the target of the handoff is to have.</param>
    public abstract record FromNode(string Node, long Epoch) : MigrationInput;

    /// <summary>The source asks again.</summary>
    public sealed record PrepareRepeated(string Node, long Epoch) : FromNode(Node, Epoch);

    /// <summary>The target has prepared.</summary>
    public sealed record TargetPrepared(string Node, long Epoch) : FromNode(Node, Epoch);

    /// <summary>The target does not have the connection at this epoch and never will.</summary>
    public sealed record TargetRefused(string Node, long Epoch, HandoffRefusal Reason, string Detail) : FromNode(Node, Epoch);

    /// <summary>The source gave the handoff up.</summary>
    public sealed record Abandoned(string Node, long Epoch) : FromNode(Node, Epoch);

    /// <summary>The state arrived, is complete, and can be imported.</summary>
    public sealed record TransferArrived(string Node, long Epoch, FidelityLedger Ledger) : FromNode(Node, Epoch);

    /// <summary>The state arrived and cannot be imported.</summary>
    public sealed record TransferUnusable(string Node, long Epoch, HandoffRefusal Reason, string Detail) : FromNode(Node, Epoch);

    /// <summary>The target owns the connection.</summary>
    public sealed record TargetTookOver(string Node, long Epoch) : FromNode(Node, Epoch);

    /// <summary>The source has given the connection up for good.</summary>
    public sealed record SourceReleased(string Node, long Epoch) : FromNode(Node, Epoch);
}

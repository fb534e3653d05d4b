using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>
/// The state of the migration protocol for one connection: the owner, its epoch, and the progress of a move. It is a value:
/// equal states behave alike.
/// </summary>
/// <param name="Epoch">The epoch of the last claim; 0 before the first.</param>
internal abstract record MigrationState(long Epoch)
{
    /// <summary>The software stack runs the connection, and no move is on its way.</summary>
    public sealed record Software(long Epoch) : MigrationState(Epoch)
    {
        /// <summary>The state of every connection before its first move.</summary>
        public static Software Initial { get; } = new(Epoch: 0);
    }

    /// <summary>
    /// Prepare, to an engine: the claim is being journaled, and the software stack still runs the connection.
    /// </summary>
    public sealed record ClaimingOffload(MigrationClaim Claim) : MigrationState(Claim.Epoch);

    /// <summary>Freeze, to an engine: the software connection is frozen, and the engine is being called.</summary>
    public sealed record HandingOver(MigrationClaim Claim) : MigrationState(Claim.Epoch);

    /// <summary>Transfer, to an engine: the software connection is frozen; the engine has the state and must answer.</summary>
    public sealed record Initiating(MigrationClaim Claim, EngineHandle Handle) : MigrationState(Claim.Epoch);

    /// <summary>An engine runs the connection, and no move is on its way.</summary>
    public sealed record Offloaded(long Epoch, Owner Engine, EngineHandle Handle) : MigrationState(Epoch);

    /// <summary>Prepare, out of an engine: the claim is being journaled, and the engine still runs the connection.</summary>
    public sealed record ClaimingUpload(MigrationClaim Claim, EngineHandle Handle, UploadTerms Terms)
        : MigrationState(Claim.Epoch);

    /// <summary>
    /// Freeze and transfer, out of an engine: the engine was asked for the connection, and arriving segments are held.
    /// </summary>
    /// <param name="Claim">The claim in the journal.</param>
    /// <param name="Handle">The engine's name for the connection.</param>
    /// <param name="Terms">The terms of the move.</param>
    /// <param name="IsOverdue">The limit passed once, and nothing could be salvaged yet.</param>
    public sealed record Terminating(MigrationClaim Claim, EngineHandle Handle, UploadTerms Terms, bool IsOverdue)
        : MigrationState(Claim.Epoch);

    /// <summary>Transfer without the engine: the state is being rebuilt from host memory.</summary>
    /// <param name="Claim">The claim in the journal.</param>
    /// <param name="Handle">The engine's name for the connection.</param>
    /// <param name="Terms">The terms of the move.</param>
    /// <param name="Why">The reason of the salvage.</param>
    /// <param name="MayWait">Where nothing can be salvaged, the protocol waits for the engine's own answer.</param>
    public sealed record Salvaging(MigrationClaim Claim, EngineHandle Handle, UploadTerms Terms, string Why, bool MayWait)
        : MigrationState(Claim.Epoch);

    /// <summary>The connection has ended.</summary>
    public sealed record Ended(long Epoch) : MigrationState(Epoch);

    /// <summary>Prepare, to another node: the node was asked, and the software stack still runs the connection.</summary>
    public sealed record Offering(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch - 1);

    /// <summary>
    /// The node has prepared. The application dehydrates, payload travels ahead, and the software stack still runs the
    /// connection.
    /// </summary>
    public sealed record Dehydrating(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch - 1);

    /// <summary>
    /// Transfer, to another node: the node was sent the state. Until it answers, both nodes may be the owner, and this one is
    /// silent.
    /// </summary>
    public sealed record Transferring(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch - 1);

    /// <summary>Another node has the connection.</summary>
    public sealed record Departed(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch);

    /// <summary>
    /// Prepare, from another node: the claim is being journaled, and arriving segments are held.
    /// </summary>
    public sealed record ClaimingArrival(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch);

    /// <summary>This node has prepared and waits for the state. Arriving segments are held.</summary>
    public sealed record Prepared(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch);

    /// <summary>
    /// The software stack runs the connection, and the node that it came from may not know yet. Meanwhile the connection is not
    /// moved: an engine might go on emitting where this node has lost its lease.
    /// </summary>
    public sealed record TakenOver(MigrationClaim Claim, string Node) : MigrationState(Claim.Epoch);

    /// <summary>The connection is at another node, which asks this one to take it.</summary>
    public sealed record Absent : MigrationState
    {
        private Absent()
            : base(Epoch: 0)
        {
        }

        public static Absent Instance { get; } = new();
    }
}

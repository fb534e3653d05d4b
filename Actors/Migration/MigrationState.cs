using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>
/// The state of the migration protocol for one connection: who runs it, at which epoch, and how far a move has come. A value: two
/// states that are equal go on alike.
/// </summary>
/// <param name="Epoch">The epoch of the last claim; 0 before the first.</param>
internal abstract record MigrationState(long Epoch)
{
    /// <summary>The software stack runs the connection. No move is on its way.</summary>
    public sealed record Software(long Epoch) : MigrationState(Epoch);

    /// <summary>Prepare, to an engine: the claim is on its way to the journal, and the software stack goes on.</summary>
    public sealed record ClaimingOffload(MigrationClaim Claim) : MigrationState(Claim.Epoch);

    /// <summary>Freeze, to an engine: the software stack stands still, and the engine is being called.</summary>
    public sealed record HandingOver(MigrationClaim Claim) : MigrationState(Claim.Epoch);

    /// <summary>Transfer, to an engine: the software stack stands still, and the engine has the state and is to answer.</summary>
    public sealed record Initiating(MigrationClaim Claim, EngineHandle Handle) : MigrationState(Claim.Epoch);

    /// <summary>An engine runs the connection. No move is on its way.</summary>
    public sealed record Offloaded(long Epoch, Owner Engine, EngineHandle Handle) : MigrationState(Epoch);

    /// <summary>Prepare, out of an engine: the claim is on its way to the journal, and the engine goes on.</summary>
    public sealed record ClaimingUpload(MigrationClaim Claim, EngineHandle Handle, UploadTerms Terms)
        : MigrationState(Claim.Epoch);

    /// <summary>Freeze and transfer, out of an engine: it was asked for the connection, and what arrives is held.</summary>
    /// <param name="Claim">The claim in the journal.</param>
    /// <param name="Handle">The engine's name for the connection.</param>
    /// <param name="Terms">The terms of the move.</param>
    /// <param name="IsOverdue">The limit passed once, and nothing could be salvaged yet.</param>
    public sealed record Terminating(MigrationClaim Claim, EngineHandle Handle, UploadTerms Terms, bool IsOverdue)
        : MigrationState(Claim.Epoch);

    /// <summary>Transfer without the engine's help: the state is being rebuilt from what host memory holds.</summary>
    /// <param name="Claim">The claim in the journal.</param>
    /// <param name="Handle">The engine's name for the connection.</param>
    /// <param name="Terms">The terms of the move.</param>
    /// <param name="Why">What became of the engine.</param>
    /// <param name="MayWait">Where nothing can be salvaged, the engine's own answer is waited for.</param>
    public sealed record Salvaging(MigrationClaim Claim, EngineHandle Handle, UploadTerms Terms, string Why, bool MayWait)
        : MigrationState(Claim.Epoch);

    /// <summary>The connection is over.</summary>
    public sealed record Ended(long Epoch) : MigrationState(Epoch);
}

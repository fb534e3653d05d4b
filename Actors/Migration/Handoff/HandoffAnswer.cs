using System.Diagnostics;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>Translates outputs of the protocol into messages to other nodes.</summary>
internal static class HandoffAnswer
{
    public static HandoffMessage Of(string connection, MigrationOutput.Tell tell) => tell switch
    {
        MigrationOutput.TellPrepared => new HandoffMessage.Prepared(connection, tell.Epoch),
        MigrationOutput.TellRefused refused =>
            new HandoffMessage.Refused(connection, tell.Epoch, refused.Reason, refused.Detail),
        MigrationOutput.TellAbandon => new HandoffMessage.Abandon(connection, tell.Epoch),
        MigrationOutput.TellTakenOver => new HandoffMessage.TakenOver(connection, tell.Epoch),
        MigrationOutput.TellReleased => new HandoffMessage.Released(connection, tell.Epoch),
        _ => throw new UnreachableException(),
    };
}

using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>Translates messages of other nodes into inputs of the protocol.</summary>
internal static class HandoffInput
{
    /// <summary>The input; null for messages that carry data, which the behaviour of an arriving connection handles.</summary>
    public static MigrationInput? Of(string node, HandoffMessage message) => message switch
    {
        HandoffMessage.Prepare => new MigrationInput.PrepareRepeated(node, message.Epoch),
        HandoffMessage.Prepared => new MigrationInput.TargetPrepared(node, message.Epoch),
        HandoffMessage.Refused refused =>
            new MigrationInput.TargetRefused(node, message.Epoch, refused.Reason, refused.Detail),
        HandoffMessage.Abandon => new MigrationInput.Abandoned(node, message.Epoch),
        HandoffMessage.Transfer => new MigrationInput.TransferArrived(node, message.Epoch, FidelityLedger.Exact),
        HandoffMessage.TakenOver => new MigrationInput.TargetTookOver(node, message.Epoch),
        HandoffMessage.Released => new MigrationInput.SourceReleased(node, message.Epoch),
        _ => null,
    };
}

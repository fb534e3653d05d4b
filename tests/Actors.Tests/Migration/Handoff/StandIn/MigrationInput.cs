using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Tests.Migration.Handoff.StandIn;

/// <summary>The inputs of the stand-in protocol.</summary>
internal abstract record MigrationInput
{
    public sealed record HandOff(string Target) : MigrationInput;

    public sealed record Received(string From, HandoffMessage Message) : MigrationInput;

    public sealed record NodeRemoved(string Node) : MigrationInput;

    public sealed record ClaimPersisted(long Epoch) : MigrationInput;

    public sealed record ClaimRefused(long Epoch) : MigrationInput;

    public sealed record Dehydrated : MigrationInput;

    public sealed record LimitPassed : MigrationInput;

    public sealed record ConnectionEnded : MigrationInput;

    public sealed record StopRequested : MigrationInput;
}

using ActorStack.Actors.Migration;

namespace ActorStack.CommandLine.Operate;

/// <summary>An engine refused or failed, and the connection stayed with its owner.</summary>
internal sealed class RolledBackException(string message, string whatToDo, MigrationRecord migration)
    : CommandException(message, whatToDo, ExitCodes.Refused)
{
    public MigrationRecord Migration => migration;
}

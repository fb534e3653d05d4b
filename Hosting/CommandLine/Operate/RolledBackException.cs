using ActorStack.Actors.Migration;

namespace ActorStack.CommandLine.Operate;

/// <summary>An engine refused or failed, and the connection went on where it was.</summary>
internal sealed class RolledBackException(string message, string whatToDo, MigrationRecord migration)
    : CommandException(message, whatToDo, ExitCodes.Refused)
{
    public MigrationRecord Migration => migration;
}

using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Operate;

namespace ActorStack.CommandLine.Demo;

/// <summary>Moves a connection of a running service through its control socket, as an operator does.</summary>
internal sealed class ControlMover(ControlClient control, string id) : IMover
{
    public Task<ConnectionSnapshot> GetAsync(CancellationToken cancellation) => control.GetConnectionAsync(id, cancellation);

    public Task<MigrationRecord?> OffloadAsync(string engine, CancellationToken cancellation) =>
        AlsoRolledBackAsync(control.OffloadAsync(id, engine, cancellation));

    public Task<MigrationRecord?> UploadAsync(CancellationToken cancellation) =>
        AlsoRolledBackAsync(control.UploadAsync(id, cancellation));

    private static async Task<MigrationRecord?> AlsoRolledBackAsync(Task<MigrationRecord> migration)
    {
        try
        {
            return await migration;
        }
        catch (RolledBackException rolledBack)
        {
            return rolledBack.Migration;
        }
        catch (CommandException refused) when (refused.ExitCode == ExitCodes.Refused)
        {
            return null;
        }
    }
}

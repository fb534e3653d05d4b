namespace ActorStack.Hosting.Services;

/// <summary>Discard (RFC 863): reads all payload and sends none.</summary>
public sealed class DiscardHandler : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        var input = connection.Pipe.Input;
        while (!stopping.IsCancellationRequested)
        {
            var read = await input.ReadAsync(stopping);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}

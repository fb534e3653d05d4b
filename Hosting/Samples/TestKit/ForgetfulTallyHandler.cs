using System.Text;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.TestKit;

/// <summary>
/// The same with a mistake: it leaves without its sum, so that the sum begins at 0 again wherever the connection goes on. With
/// one process and one node nobody would notice.
/// </summary>
public sealed class ForgetfulTallyHandler : ConnectionHandler, IMovableHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var sum = 0L;
        await foreach (var number in Lines.ReadNumbersAsync(connection))
        {
            sum += number;
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{sum}\n"));
        }

        if (connection.IsLeaving) connection.Leave();
    }
}

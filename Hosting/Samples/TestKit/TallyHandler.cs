using System.Buffers.Binary;
using System.Text;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.TestKit;

/// <summary>
/// Adds up numbers: each line of the peer is a whole number, and the answer is a line with the sum of all so far. The sum is the
/// state of the handler, with which it leaves its connection when that moves.
/// </summary>
public sealed class TallyHandler : ConnectionHandler, IMovableHandler
{
    private const int StateLength = sizeof(long);

    /// <summary>Tells why a state is none of this handler's.</summary>
    public static string? WhyRefused(ReadOnlyMemory<byte> state) =>
        state.Length is 0 or StateLength ? null : $"the state of a tally has {StateLength} bytes";

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var sum = connection.State.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(connection.State.Span);
        await foreach (var number in Lines.ReadNumbersAsync(connection))
        {
            sum += number;
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{sum}\n"));
        }

        if (!connection.IsLeaving) return;
        var state = new byte[StateLength];
        BinaryPrimitives.WriteInt64LittleEndian(state, sum);
        connection.Leave(state);
    }
}

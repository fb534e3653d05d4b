using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Company.Service;

/// <summary>
/// Answers each line with its number. The number goes with the connection to a new process of the service, or to another node of
/// a cluster.
/// </summary>
internal sealed class LineHandler : ConnectionHandler, IMovableHandler
{
    private const int LongestLine = 4096;

    /// <summary>The first byte of the state; the number follows.</summary>
    private const byte StateVersion = 1;
    private const int StateSize = 9;

    /// <summary>Refuses a state that this build cannot read. The connection then stays where it is.</summary>
    public static string? WhyRefused(ReadOnlyMemory<byte> state) =>
        state.IsEmpty || (state.Length == StateSize && state.Span[0] == StateVersion) ? null : "the state is of another version";

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        var stopping = connection.ConnectionClosedRequested;
        var number = connection.State.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(connection.State.Span[1..]);
        while (true)
        {
            var read = await input.ReadAsync(stopping);
            var rest = read.Buffer;
            while (!connection.IsLeaving && TryReadLine(ref rest, out var line))
            {
                Answer(output, ++number, line);
                await output.FlushAsync(stopping);
            }

            if (connection.IsLeaving)
            {
                input.AdvanceTo(rest.Start); // what is not answered goes along
                connection.Leave(StateOf(number));
                return;
            }

            if (rest.Length > LongestLine) throw new InvalidDataException("The line is too long."); // resets the connection
            input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) return;
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(input);
        if (!reader.TryReadTo(out line, (byte)'\n')) return false;
        input = reader.UnreadSequence;
        return true;
    }

    private static void Answer(PipeWriter output, long number, ReadOnlySequence<byte> line)
    {
        output.Write(Encoding.ASCII.GetBytes($"{number} "));
        foreach (var part in line) output.Write(part.Span);
        output.Write("\n"u8);
    }

    private static byte[] StateOf(long number)
    {
        var state = new byte[StateSize];
        state[0] = StateVersion;
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(1), number);
        return state;
    }
}

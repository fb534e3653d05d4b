using System.Buffers;
using System.Globalization;
using System.Text;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.TestKit;

/// <summary>The lines of a peer.</summary>
internal static class Lines
{
    /// <summary>
    /// Reads a number from each line, until the peer's end or until the connection is to move. Only whole lines are consumed:
    /// half a line stays unread, and moves with the connection.
    /// </summary>
    public static async IAsyncEnumerable<long> ReadNumbersAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (!connection.IsLeaving)
        {
            var read = await input.ReadAsync(connection.ConnectionClosedRequested);
            var (end, numbers) = Cut(read.Buffer);
            input.AdvanceTo(end, read.Buffer.End);
            foreach (var number in numbers) yield return number;
            if (read.IsCompleted) yield break;
        }
    }

    private static (SequencePosition End, List<long> Numbers) Cut(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        var numbers = new List<long>();
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            numbers.Add(long.Parse(Encoding.ASCII.GetString(line), CultureInfo.InvariantCulture));
        return (reader.Position, numbers);
    }
}

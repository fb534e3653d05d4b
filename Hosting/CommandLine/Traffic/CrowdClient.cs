using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// Many connections to an echo service. Each sends a message at intervals, waits for its echo and compares it. A connection that
/// fails is counted and not opened again.
/// </summary>
/// <param name="size">The bytes of a message, 4 or more.</param>
/// <param name="period">The time from one message of a connection to its next, where the echo does not take longer.</param>
/// <param name="patience">A connection whose echo takes longer counts as failed.</param>
internal sealed class CrowdClient(int size, TimeSpan period, TimeSpan patience)
{
    public async Task<CrowdResult> RunAsync(IReadOnlyList<Socket> sockets, TimeSpan time, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var members = await Task.WhenAll(sockets.Select((socket, index) => Task.Run(
            () => WorkAsync(socket, index, index * period / sockets.Count, clock, time, stop))));
        var times = new Percentiles(members.SelectMany(member => member.Milliseconds));
        var whole = members.Where(member => member.Error is null);
        return new CrowdResult(
            members.Length, members.Count(member => member.Error is not null), times.Count, times.At(0.5), times.At(0.99),
            new Percentiles(whole.SelectMany(member => member.Milliseconds)).At(1),
            members.Where(member => member.Error is not null).CountBy(member => member.Error!).ToDictionary());
    }

    private async Task<Member> WorkAsync(
        Socket socket, int index, TimeSpan due, Stopwatch clock, TimeSpan time, CancellationToken stop)
    {
        var (times, message, received) = (new List<double>(), new byte[size], new byte[size]);
        new Random(index).NextBytes(message);
        try
        {
            while (await IsDueAsync(due - clock.Elapsed, stop) && clock.Elapsed < time)
            {
                var start = clock.Elapsed;
                BinaryPrimitives.WriteInt32LittleEndian(message, times.Count); // no two messages are the same
                await ExchangeAsync(socket, message, received);
                times.Add((clock.Elapsed - start).TotalMilliseconds);
                due += period;
            }

            return new Member(times, Error: null);
        }
        catch (OperationCanceledException)
        {
            return new Member(times, $"no echo within {patience.TotalSeconds:0} s");
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return new Member(times, error.Message);
        }
    }

    private static async Task<bool> IsDueAsync(TimeSpan wait, CancellationToken stop)
    {
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }

    private async Task ExchangeAsync(Socket socket, byte[] message, byte[] received)
    {
        using var limit = new CancellationTokenSource(patience);
        await socket.SendAsync(message, SocketFlags.None, limit.Token);
        for (var count = 0; count < size;)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(count), SocketFlags.None, limit.Token);
            count += read > 0 ? read : throw new IOException("the service closed the connection");
        }

        if (!message.AsSpan().SequenceEqual(received)) throw new IOException("bytes differ");
    }

    /// <param name="Milliseconds">The round trips of the connection.</param>
    /// <param name="Error">The reason why it failed; null: it did not.</param>
    private sealed record Member(List<double> Milliseconds, string? Error);
}

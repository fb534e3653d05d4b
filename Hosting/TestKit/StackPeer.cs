using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using ActorStack.Actors.Connections;
using ActorStack.TestKit.Driver;

namespace ActorStack.TestKit;

/// <summary>
/// A real peer: an ordinary TCP connection from another host of the network to a node, which retransmits, acknowledges and closes
/// as TCP does. It reads only what the test asks for, so that its window closes where the test does not read.
/// </summary>
public sealed class StackPeer : NetworkPeer, IAsyncDisposable
{
    private readonly IConnectionContext _connection;

    internal StackPeer(StackNetwork network, IConnectionContext connection)
        : base(network, connection.Flow.Local) => _connection = connection;

    /// <summary>
    /// The payload, for a test that brings a client of its protocol. Use either this or the methods at a time.
    /// </summary>
    public IDuplexPipe Pipe => _connection.Pipe;

    /// <summary>Sends text in UTF-8. Waits where the send buffer is full.</summary>
    /// <param name="text">The text.</param>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes. Waits where the send buffer is full.</summary>
    /// <param name="payload">The bytes.</param>
    public async Task SendAsync(ReadOnlyMemory<byte> payload)
    {
        using var sent = Network.Expect($"room for {payload.Length} bytes in the send buffer of {Local}", limit: null);
        try
        {
            await Pipe.Output.WriteAsync(payload, sent.Late);
        }
        catch (OperationCanceledException) when (sent.Late.IsCancellationRequested)
        {
            throw sent.InVain("the other side acknowledges too little");
        }
    }

    /// <summary>Expects the next bytes to be this text in UTF-8, within <see cref="StackNetwork.Limit"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ExpectationException">Other bytes came, too few, or the end of the connection.</exception>
    public Task ExpectAsync(string text) => ExpectAsync(text, Network.Limit);

    /// <summary>Expects the next bytes to be this text in UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">The virtual time that it may take.</param>
    /// <exception cref="ExpectationException">Other bytes came, too few, or the end of the connection.</exception>
    public Task ExpectAsync(string text, TimeSpan limit) => ExpectAsync(Encoding.UTF8.GetBytes(text), limit);

    /// <summary>Expects the next bytes to be these, within <see cref="StackNetwork.Limit"/>.</summary>
    /// <param name="payload">The bytes.</param>
    /// <exception cref="ExpectationException">Other bytes came, too few, or the end of the connection.</exception>
    public Task ExpectAsync(ReadOnlyMemory<byte> payload) => ExpectAsync(payload, Network.Limit);

    /// <summary>Expects the next bytes to be these.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="limit">The virtual time that it may take.</param>
    /// <exception cref="ExpectationException">Other bytes came, too few, or the end of the connection.</exception>
    public async Task ExpectAsync(ReadOnlyMemory<byte> payload, TimeSpan limit)
    {
        var came = new ArrayBufferWriter<byte>();
        using var expected = Network.Expect($"{Show(payload.Span)} at {Local}", limit);
        while (came.WrittenCount < payload.Length)
        {
            var isEnd = !await ReadAsync(came, payload.Length - came.WrittenCount, expected);
            var same = came.WrittenSpan.CommonPrefixLength(payload.Span);
            if (same < came.WrittenCount || (isEnd && same < payload.Length))
                throw Differs(payload.Span, came.WrittenSpan, same, isEnd);
        }
    }

    /// <summary>Receives exactly so many bytes.</summary>
    /// <param name="count">The number of bytes.</param>
    /// <param name="limit">The virtual time that it may take; null: <see cref="StackNetwork.Limit"/>.</param>
    /// <exception cref="ExpectationException">Too few came, or the end of the connection.</exception>
    public async Task<byte[]> ReceiveAsync(int count, TimeSpan? limit = null)
    {
        var came = new ArrayBufferWriter<byte>();
        using var expected = Network.Expect($"{count} bytes at {Local}", limit);
        while (came.WrittenCount < count)
        {
            if (!await ReadAsync(came, count - came.WrittenCount, expected))
            {
                throw new ExpectationException(
                    $"{count} bytes were expected at {Local}, and the connection ended after {Came(came)}.");
            }
        }

        return came.WrittenSpan.ToArray();
    }

    /// <summary>Expects that nothing comes, neither a byte nor the end, for this time.</summary>
    /// <param name="time">The virtual time, which passes.</param>
    /// <exception cref="ExpectationException">Something came.</exception>
    public async Task ExpectNothingAsync(TimeSpan time)
    {
        await Network.PassAsync(time);
        if (!Pipe.Input.TryRead(out var read)) return;
        var came = read.Buffer.IsEmpty ? "the end of the connection" : Show(read.Buffer.ToArray());
        Pipe.Input.AdvanceTo(read.Buffer.Start);
        throw new ExpectationException(
            $"Nothing was expected at {Local} for {time.TotalSeconds:0.###} s, and there came {came}.");
    }

    /// <summary>Expects the FIN of the other side, and no byte before it.</summary>
    /// <param name="limit">The virtual time that it may take; null: <see cref="StackNetwork.Limit"/>.</param>
    /// <exception cref="ExpectationException">Bytes came, a RST, or nothing.</exception>
    public async Task ExpectEndAsync(TimeSpan? limit = null)
    {
        var came = new ArrayBufferWriter<byte>();
        using var expected = Network.Expect($"the FIN at {Local}", limit);
        if (await ReadAsync(came, int.MaxValue, expected))
            throw new ExpectationException($"The FIN was expected at {Local}, and there came {Came(came)}.");
    }

    /// <summary>Expects a RST of the other side. Bytes before it are passed over.</summary>
    /// <param name="limit">The virtual time that it may take; null: <see cref="StackNetwork.Limit"/>.</param>
    /// <exception cref="ExpectationException">The FIN came, or nothing.</exception>
    public async Task ExpectResetAsync(TimeSpan? limit = null)
    {
        using var expected = Network.Expect($"a RST at {Local}", limit);
        try
        {
            while (true)
            {
                var read = await Pipe.Input.ReadAsync(expected.Late);
                Pipe.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) throw new ExpectationException($"A RST was expected at {Local}, and the FIN came.");
            }
        }
        catch (OperationCanceledException) when (expected.Late.IsCancellationRequested)
        {
            throw expected.InVain("the connection lives");
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
            // It came.
        }
    }

    /// <summary>Ends the peer's direction: a FIN follows what was sent.</summary>
    public async Task CompleteAsync() => await Pipe.Output.CompleteAsync();

    /// <summary>Sends a RST.</summary>
    public void Reset() => _connection.Abort("the test resets it");

    /// <summary>Closes both directions, as close(2) does.</summary>
    public async ValueTask DisposeAsync()
    {
        await Pipe.Input.CompleteAsync();
        await Pipe.Output.CompleteAsync();
    }

    /// <summary>Reads what is there, up to a number of bytes. False: there is nothing but the end.</summary>
    private async Task<bool> ReadAsync(ArrayBufferWriter<byte> came, int maximum, Expectation expected)
    {
        try
        {
            var read = await Pipe.Input.ReadAsync(expected.Late);
            var taken = read.Buffer.Slice(0, Math.Min(maximum, read.Buffer.Length));
            foreach (var memory in taken) came.Write(memory.Span);
            Pipe.Input.AdvanceTo(taken.End);
            return taken.Length > 0 || !read.IsCompleted;
        }
        catch (OperationCanceledException) when (expected.Late.IsCancellationRequested)
        {
            throw expected.InVain($"{Came(came)} came");
        }
        catch (Exception lost) when (lost is SocketException or IOException)
        {
            throw new ExpectationException(
                $"{expected.What} was expected, and the connection was lost after {Came(came)}: {lost.Message}", lost);
        }
    }

    private ExpectationException Differs(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> came, int same, bool isEnd)
    {
        var what = same < came.Length ? $"byte {same} differs" : isEnd ? $"the connection ended after {same} bytes" : "";
        var from = Math.Max(0, same - 16);
        return new ExpectationException(
            $"{Show(expected)} was expected at {Local}, and {what}. From byte {from} on {Show(expected[from..])} was expected, "
            + $"and {Show(came[from..])} came.");
    }

    private static string Came(ArrayBufferWriter<byte> came) =>
        came.WrittenCount == 0 ? "nothing" : $"{came.WrittenCount} bytes, {Show(came.WrittenSpan)}";

    /// <summary>Bytes as a literal of C#, shortened.</summary>
    private static string Show(ReadOnlySpan<byte> bytes)
    {
        const int Shown = 64;
        var text = new StringBuilder("\"");
        foreach (var value in bytes[..Math.Min(Shown, bytes.Length)])
        {
            text.Append(value switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'"' => "\\\"",
                (byte)'\\' => "\\\\",
                >= 0x20 and < 0x7F => ((char)value).ToString(),
                _ => $"\\x{value:x2}",
            });
        }

        text.Append('"');
        return bytes.Length > Shown ? $"{text}... ({bytes.Length} bytes)" : text.ToString();
    }
}
